// Manager.namespace: an object whose properties all threads share; below it is a dict (_map.ts).

import { Attach, enlist, hold, registerQueue } from '../queue/_handle';
import { createMap, deleteKey, freeMap, getKey, hasKey, keysOf, MISSING, setKey } from './_map';

export const KIND_NAMESPACE = 18;

/** The traps of a namespace's proxy: what has a string for a name is in the map, the rest is its class's. */
function handlerOf(map: number): ProxyHandler<Namespace> {
  const isShared = (name: string | symbol): name is string => typeof name === 'string';
  const set = (name: string | symbol, value: unknown): boolean => {
    if (!isShared(name)) throw new TypeError('Cannot set a symbol on a namespace: threads share names only');
    setKey(map, name, value);
    return true;
  };
  return {
    get(target, name) {
      const value = isShared(name) ? getKey(map, name) : MISSING;
      return value === MISSING ? Reflect.get(target, name) : value;
    },
    set: (_, name, value) => set(name, value),
    has: (target, name) => (isShared(name) && hasKey(map, name)) || Reflect.has(target, name),
    deleteProperty(_, name) {
      if (isShared(name)) deleteKey(map, name);
      return true;
    },
    ownKeys: () => keysOf(map) as string[],
    getOwnPropertyDescriptor(_, name) {
      const value = isShared(name) ? getKey(map, name) : MISSING;
      if (value === MISSING) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(_, name, descriptor) {
      if ('value' in descriptor) return set(name, descriptor.value);
      throw new TypeError(`Cannot define ${String(name)} on a namespace: threads share values, no accessors`);
    },
    preventExtensions: () => false,
    setPrototypeOf: () => false,
  };
}

/**
 * An object whose properties all threads share. Values are copies, as those of a {@link ManagedDict} are.
 *
 * @example
 * ```ts
 * using manager = new Manager();
 * const oven = manager.namespace({ degrees: 180 });
 * oven.door = 'shut';
 * console.log(oven.degrees, Object.keys(oven)); // 180 [ 'degrees', 'door' ]
 * ```
 */
export class Namespace {
  protected static readonly travels = /* @__PURE__ */ registerNamespace(() => this);

  [name: string]: unknown;

  /** @param given first properties; for the codec: what to attach to */
  constructor(given?: object) {
    const isAttached = given instanceof Attach;
    const map = isAttached ? given.address : createMap();
    const proxy = new Proxy<Namespace>(this, handlerOf(map));
    if (!isAttached) enlist(map, KIND_NAMESPACE);
    hold(proxy, map);
    if (!isAttached) Object.assign(proxy, given);
    // biome-ignore lint/correctness/noConstructorReturn: the object that its users see is the proxy
    return proxy;
  }
}

/** Lets namespaces travel, and Node, Deno and Bun print them. */
function registerNamespace(self: () => typeof Namespace): void {
  registerQueue('namespace', KIND_NAMESPACE, self, freeMap);
  Object.defineProperty(self().prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: Namespace) {
      return { ...this };
    },
  });
}
