// What a pool remembers of its workers is bounded: the living, and the last of those that are gone.

import { expect, test } from 'vitest';
import { Ledger } from '../../src/pool/insights';

const GONE_MAX = 256;
const RECYCLED = 1000;

function member(pid: number) {
  return { name: `PoolWorker-${pid}`, pid, startedAt: 0, readyAt: 1, alive: true };
}

test('a worker that lives stays in the insights however many others come and go', () => {
  const ledger = new Ledger();
  ledger.join(1, member(1));
  for (let pid = 2; pid < 2 + RECYCLED; pid++) {
    const one = member(pid);
    ledger.join(2, one);
    one.alive = false;
    ledger.leave(2);
  }
  const pids = ledger.insights().workers.map(({ pid }) => pid);
  const last = Array.from({ length: GONE_MAX }, (_, i) => 2 + RECYCLED - GONE_MAX + i);
  expect(pids).toEqual([1, ...last]);
  expect(ledger.trace(0).filter(({ ph }) => ph === 'M')).toHaveLength(1 + GONE_MAX);
});
