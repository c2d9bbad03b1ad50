/** The worker script that workerpool wants instead of a module of functions. */
import workerpool from 'workerpool';
import { square } from './square.mjs';

workerpool.worker({ square });
