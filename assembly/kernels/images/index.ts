// placeholder until the family is written
export function nothing(): void {}
