// The entry of `manyhands` for Node, Deno and Bun.

import { nodeRuntime } from './runtime/node';
import { installRuntime } from './runtime/runtime';

installRuntime(nodeRuntime);

export * from './index';
