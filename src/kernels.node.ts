// The entry of `manyhands/kernels` for Node, Deno and Bun.

import './index.node';

export * from './kernels/index';
