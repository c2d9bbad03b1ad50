// The entry of `manyhands` for browsers.

import { browserRuntime } from './runtime/browser';
import { installRuntime } from './runtime/runtime';

installRuntime(browserRuntime);

export * from './index';
