/** The task of the pool benches, declared to our workers. */
import { tasks } from 'manyhands';
import { square as squareNumber } from '../rivals/square.mjs';

export const { square } = tasks(import.meta.url, { square: squareNumber });
