// In the place of platform.ts in the build for browsers.

import './symbols';

export { browserRuntime as platform } from './browser';
