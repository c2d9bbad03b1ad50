// What a kernel module takes from its host: the record of the thread it runs in.

// @ts-ignore: decorator
@external("env", "thread")
export declare const thisThread: usize;
