/** Our workers' side of the manager benches. */
import { tasks } from 'manyhands';

export const { setAll, getAll, addAll } = tasks(import.meta.url, {
  setAll(dict, names, count) {
    for (let i = 0; i < count; i++) dict.set(names[i % names.length], (i % names.length) + 0.5);
  },
  getAll(dict, names, count) {
    let total = 0;
    for (let i = 0; i < count; i++) total += dict.get(names[i % names.length]);
    return total;
  },
  addAll(dict, names, count) {
    for (let i = 0; i < count; i++) dict.update(names[i % names.length], (n) => n + 1, 0);
  },
});
