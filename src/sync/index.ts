export type { Wait, WaitOptions } from './_options';
export { Guard } from './guard';
export { Lock } from './lock';
