/** Messages from one worker to another, through a queue and through a pipe, against `postMessage`. */
import type { Bench, Contender, Group, Metric, Options, Session } from '../harness/types.js';
import { openOurs, openPorts, type Pair } from './contenders.js';
import type { PayloadName } from './payloads.mjs';

const STREAMS: readonly { kind: PayloadName; count: number; atLeast: number }[] = [
  { kind: 'numbers', count: 50_000, atLeast: 2 },
  { kind: 'pairs', count: 50_000, atLeast: 2.5 },
  { kind: 'objects', count: 50_000, atLeast: 1.5 },
  { kind: '1 KiB', count: 20_000, atLeast: 1.3 },
  { kind: '64 KiB', count: 1000, atLeast: 1.3 },
];
const PINGS = 2000;

const RATE: readonly Metric[] = [
  { key: 'rate', label: 'k messages/s', better: 'higher', digits: 1 },
  { key: 'cpu', label: 'cpu µs/message', better: 'lower', digits: 2 },
];
const LATENCY: readonly Metric[] = [
  { key: 'wall', label: 'there and back µs', better: 'lower', tail: 'p99' },
];

function contender(
  name: string,
  isOurs: boolean,
  open: () => Promise<Pair>,
  round: (pair: Pair) => ReturnType<Session['round']>,
): Contender {
  return {
    name,
    ...(isOurs && { ours: true }),
    async open() {
      const pair = await open();
      return { round: () => round(pair), close: () => pair.close() };
    },
  };
}

function stream({ quick }: Options, kind: PayloadName, count: number, atLeast: number): Bench {
  const round = async (pair: Pair) => {
    const before = process.cpuUsage();
    const begin = performance.now();
    const check = await pair.stream(kind, count);
    const ms = performance.now() - begin;
    const { user, system } = process.cpuUsage(before);
    return { values: { rate: count / ms, cpu: (user + system) / count }, check };
  };
  return {
    name: `queue ${kind}`,
    title: `${count.toLocaleString('en-US')} messages from one worker to another: ${kind}`,
    rounds: quick ? 7 : 21,
    warmups: quick ? 2 : 4,
    metrics: RATE,
    contenders: [
      contender('manyhands Queue', true, openOurs, round),
      contender('postMessage', false, openPorts, round),
    ],
    targets: [{ metric: 'rate', against: 'postMessage', atLeast }],
  };
}

function pingPong({ quick }: Options): Bench {
  const round = async (pair: Pair) => ({ values: { wall: await pair.pingPong(PINGS) } });
  return {
    name: 'pipe',
    title: `a number from one worker to another and back, ${PINGS} times`,
    rounds: quick ? 7 : 21,
    warmups: quick ? 2 : 4,
    metrics: LATENCY,
    contenders: [
      contender('manyhands pipe', true, openOurs, round),
      contender('postMessage', false, openPorts, round),
    ],
    targets: [{ metric: 'wall', against: 'postMessage', atMost: 0.8 }],
  };
}

export const queue: Group = {
  name: 'queue',
  summary: 'messages from worker to worker',
  benches: (options) => [
    ...STREAMS.map(({ kind, count, atLeast }) => stream(options, kind, count, atLeast)),
    pingPong(options),
  ],
};
