export * from "./sieve";
