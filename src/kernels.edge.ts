// The entry of `manyhands/kernels` for edge runtimes.

import './index.edge';

export * from './kernels/index';
