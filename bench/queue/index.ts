/**
 * Messages from one worker to another, through a queue and through a pipe, against `postMessage`, Python's
 * multiprocessing and, where the copying is what takes the time, a bare ring in shared memory.
 */
import type { Bench, Contender, Group, Metric, Options, Round, Session, Target } from '../harness/types.js';
import {
  openOurs,
  openPorts,
  openPythonPipe,
  openPythonQueue,
  openRing,
  type Pair,
  type Pinger,
} from './contenders.js';
import type { PayloadName } from './payloads.mjs';

const SMALL: readonly { kind: PayloadName; count: number; atLeast: number }[] = [
  { kind: 'numbers', count: 50_000, atLeast: 2 },
  { kind: 'pairs', count: 50_000, atLeast: 2.5 },
  { kind: 'objects', count: 50_000, atLeast: 1.5 },
];
const PYTHON = "Python's Queue";

/** Bytes, where the engine takes longer to make the reader's buffer than the message takes to travel. */
interface Bytes {
  kind: PayloadName;
  bytes: number;
  /** So many that compiled code is what is measured: a round of 1,000 is over before it is there. */
  count: number;
  /** Messages that may wait: as many as in the bare ring, so that large ones stay in the cache. */
  maxsize: number;
  targets: readonly Target[];
  /** Where the reader has one buffer for all. */
  intoTargets: readonly Target[];
}
const BYTES: readonly Bytes[] = [
  {
    kind: '1 KiB',
    bytes: 1024,
    count: 50_000,
    maxsize: 0,
    targets: [
      { metric: 'rate', against: 'postMessage', atLeast: 1.3 },
      { metric: 'rate', against: PYTHON, atLeast: 8 },
    ],
    intoTargets: [
      { metric: 'rate', against: 'postMessage', atLeast: 1.3 },
      { metric: 'rate', against: PYTHON, atLeast: 8 },
    ],
  },
  {
    kind: '64 KiB',
    bytes: 65536,
    count: 20_000,
    maxsize: 16,
    targets: [
      { metric: 'rate', against: 'postMessage', atLeast: 1.3 },
      { metric: 'rate', against: 'bare ring', atLeast: 1 / 1.5 },
      { metric: 'rate', against: PYTHON, atLeast: 1 },
    ],
    intoTargets: [
      { metric: 'rate', against: 'postMessage', atLeast: 1.3 },
      { metric: 'rate', against: 'bare ring', atLeast: 1 / 1.5 },
    ],
  },
];
const PINGS = 20_000;
/** Python takes 10 µs and more for each message. */
const PYTHON_ROUNDS = 5;

const RATE: readonly Metric[] = [
  { key: 'rate', label: 'k messages/s', better: 'higher', digits: 1 },
  { key: 'cpu', label: 'cpu µs/message', better: 'lower', digits: 2 },
];
const LATENCY: readonly Metric[] = [
  { key: 'wall', label: 'there and back µs', better: 'lower', tail: 'p99' },
];

function contender<T extends { close(): Promise<void> }>(
  name: string,
  open: () => Promise<T>,
  round: (opened: T) => ReturnType<Session['round']>,
  more: Partial<Contender> = {},
): Contender {
  return {
    name,
    ...more,
    async open() {
      const opened = await open();
      return { round: () => round(opened), close: () => opened.close() };
    },
  };
}

/** A round of `count` messages; a program of its own tells its time, not its processor time. */
function streaming(kind: PayloadName, count: number) {
  return async (pair: Pair): Promise<Round> => {
    const before = process.cpuUsage();
    const begin = performance.now();
    const { total: check, ms } = await pair.stream(kind, count);
    if (ms !== undefined) return { values: { rate: count / ms }, check };
    const took = performance.now() - begin;
    const { user, system } = process.cpuUsage(before);
    return { values: { rate: count / took, cpu: (user + system) / count }, check };
  };
}

type Spec = Pick<Bench, 'name' | 'title' | 'contenders' | 'targets'> & Partial<Bench>;

function bench({ quick }: Options, spec: Spec): Bench {
  return { metrics: RATE, rounds: quick ? 7 : 21, warmups: quick ? 2 : 4, ...spec };
}

function python(kind: PayloadName, count: number): Contender {
  const round = streaming(kind, count);
  return contender(PYTHON, () => openPythonQueue(kind, count), round, { maxRounds: PYTHON_ROUNDS });
}

function small(options: Options, { kind, count, atLeast }: (typeof SMALL)[number]): Bench {
  const round = streaming(kind, count);
  return bench(options, {
    name: `queue ${kind}`,
    title: `${count.toLocaleString('en-US')} messages from one worker to another: ${kind}`,
    contenders: [
      contender('manyhands Queue', openOurs, round, { ours: true }),
      contender('postMessage', openPorts, round),
      python(kind, count),
    ],
    targets: [
      { metric: 'rate', against: 'postMessage', atLeast },
      { metric: 'rate', against: PYTHON, atLeast: 8 },
    ],
  });
}

/** @param into the reader keeps one buffer for all, where it can */
function bytes(options: Options, row: Bytes, into: boolean): Bench {
  const { kind, count, maxsize } = row;
  const { quick } = options;
  const round = streaming(kind, count);
  return bench(options, {
    name: `queue ${kind}${into ? ' into' : ''}`,
    title: `${count.toLocaleString('en-US')} messages from one worker to another: ${kind}${into ? ', into a buffer of one’s own' : ''}`,
    contenders: [
      contender('manyhands Queue', () => openOurs({ into, maxsize }), round, { ours: true }),
      contender('postMessage', openPorts, round),
      contender('bare ring', () => openRing(row.bytes, into), round),
      python(kind, count),
    ],
    targets: into ? row.intoTargets : row.targets,
    warmups: quick ? 4 : 12, // until the allocator has the pages that the reader's buffers need
  });
}

function many(options: Options): Bench {
  const [kind, count]: [PayloadName, number] = ['numbers', 50_000];
  const round = streaming(kind, count);
  return bench(options, {
    name: 'queue 2 + 2',
    title: `${count.toLocaleString('en-US')} numbers from two workers to two others`,
    contenders: [
      contender('two and two', () => openOurs({ pairs: 2 }), round, { ours: true }),
      contender('one and one', openOurs, round),
    ],
    targets: [{ metric: 'rate', against: 'one and one', atLeast: 0.5 }],
  });
}

function pingPong(options: Options): Bench {
  const round = async (pinger: Pinger) => ({ values: { wall: await pinger.pingPong(PINGS) } });
  return {
    ...bench(options, {
      name: 'pipe',
      title: `a number from one worker to another and back, ${PINGS.toLocaleString('en-US')} times`,
      contenders: [
        contender('manyhands pipe', openOurs, round, { ours: true }),
        contender('postMessage', openPorts, round),
        contender("Python's Pipe", () => openPythonPipe(PINGS), round, { maxRounds: PYTHON_ROUNDS }),
      ],
      targets: [
        { metric: 'wall', against: 'postMessage', atMost: 0.8 },
        { metric: 'wall', against: "Python's Pipe", atMost: 0.5 },
      ],
    }),
    metrics: LATENCY,
  };
}

export const queue: Group = {
  name: 'queue',
  summary: 'messages from worker to worker',
  benches: (options) => [
    ...SMALL.map((row) => small(options, row)),
    ...BYTES.flatMap((row) => [bytes(options, row, false), bytes(options, row, true)]),
    many(options),
    pingPong(options),
  ],
};
