// The entry of `manyhands/kernels` for browsers.

import './index.browser';

export * from './kernels/index';
