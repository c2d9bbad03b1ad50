// In the place of platform.ts in the build for edge runtimes.

import './symbols';

export { inlineRuntime as platform } from './inline';
