// The entry of `manyhands` for edge runtimes.

import { inlineRuntime } from './runtime/inline';
import { installRuntime } from './runtime/runtime';

installRuntime(inlineRuntime);

export * from './index';
