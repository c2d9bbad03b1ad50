// The graph of states, after exploration: how many ways lead through it, and whether each state can come to an end.

import type { Numbers } from './table';

/** States are numbered from 0, the beginning; the edges of a state stand one after the other. */
export interface Graph {
  states: number;
  /** Where a state's edges begin; one more than there are states. */
  firstEdge: Numbers;
  /** The states that edges lead to. */
  edges: Numbers;
  /** States in which all threads have ended. */
  ends: number[];
}

/** The number of ways from the beginning to the ends; undefined if the graph has a cycle. */
export function countPaths({ states, firstEdge, edges, ends }: Graph): bigint | undefined {
  const incoming = new Int32Array(states);
  for (let i = 0; i < edges.length; i++) incoming[edges.at(i)]++;
  const ways: bigint[] = new Array(states).fill(0n);
  const isEnd = new Uint8Array(states);
  for (const end of ends) isEnd[end] = 1;
  ways[0] = 1n;
  let total = 0n;
  let done = 0;
  const ready = [0];
  while (ready.length > 0) {
    const state = ready.pop()!;
    done++;
    const here = ways[state];
    ways[state] = 0n;
    if (isEnd[state] === 1) total += here;
    for (let i = firstEdge.at(state); i < firstEdge.at(state + 1); i++) {
      const next = edges.at(i);
      ways[next] += here;
      if (--incoming[next] === 0) ready.push(next);
    }
  }
  return done === states ? total : undefined;
}

/** A state from which no end can be reached; -1 if there is none. */
export function neverEnding({ states, firstEdge, edges, ends }: Graph): number {
  const firstBack = new Int32Array(states + 1);
  for (let i = 0; i < edges.length; i++) firstBack[edges.at(i) + 1]++;
  for (let state = 0; state < states; state++) firstBack[state + 1] += firstBack[state];
  const back = new Int32Array(edges.length);
  const filled = firstBack.slice();
  for (let state = 0; state < states; state++) {
    for (let i = firstEdge.at(state); i < firstEdge.at(state + 1); i++) back[filled[edges.at(i)]++] = state;
  }
  const canEnd = new Uint8Array(states);
  const open = [...ends];
  for (const end of ends) canEnd[end] = 1;
  while (open.length > 0) {
    const state = open.pop()!;
    for (let i = firstBack[state]; i < firstBack[state + 1]; i++) {
      if (canEnd[back[i]] === 1) continue;
      canEnd[back[i]] = 1;
      open.push(back[i]);
    }
  }
  return canEnd.indexOf(0);
}
