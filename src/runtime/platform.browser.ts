// In the place of platform.ts in the build for browsers.

export { browserRuntime as platform } from './browser';
