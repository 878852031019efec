// How a Conductor server shows a script its input: objects and lists are Java's, seen through GraalJS.
// Evaluated once per context; gives the functions that Rust uses. Nothing in here is reachable for a script by name.
(function () {
  'use strict';
  const { keys, values, entries, assign, getOwnPropertyNames, freeze, isFrozen, hasOwn } = Object;
  const hasOwnProperty = Object.prototype.hasOwnProperty;
  const ownKeys = Reflect.ownKeys;
  const reach = Reflect.get;
  const mapEntries = Map.prototype.entries;
  const iterate = Array.prototype[Symbol.iterator];
  const { toPrimitive, iterator } = Symbol;

  // The members of the Java objects, in the order in which the server's virtual machine lists them.
  const MAP_MEMBERS = ('get,values,clear,replaceAll,entrySet,forEach,keySet,containsValue,getOrDefault,reversed,sequencedKeySet,' +
    'sequencedValues,sequencedEntrySet,putFirst,putLast,remove,size,put,clone,isEmpty,replace,merge,putAll,putIfAbsent,compute,' +
    'computeIfAbsent,containsKey,computeIfPresent,equals,toString,hashCode,firstEntry,lastEntry,pollFirstEntry,pollLastEntry').split(',');
  const LIST_MEMBERS = ('remove,size,get,equals,hashCode,clone,sort,indexOf,clear,lastIndexOf,isEmpty,replaceAll,add,subList,toArray,' +
    'iterator,contains,spliterator,addAll,trimToSize,set,forEach,ensureCapacity,removeIf,getFirst,getLast,addFirst,addLast,removeFirst,' +
    'removeLast,removeAll,retainAll,listIterator,toString,containsAll,stream,parallelStream,reversed').split(',');

  const shown = new WeakMap();   // plain object -> what the script sees
  const plain = new WeakMap();   // what the script sees -> plain object
  const guests = new WeakSet();  // objects that the script itself made and stored in its input

  const isObject = (value) => typeof value === 'object' && value !== null;
  const isMap = (target) => !Array.isArray(target);
  const unwrap = (value) => (plain.has(value) ? plain.get(value) : value);
  const isHostMap = (value) => isObject(value) && plain.has(value) && isMap(plain.get(value));
  const isHostList = (value) => isObject(value) && plain.has(value) && !isMap(plain.get(value));

  function show(value) {
    if (!isObject(value) || guests.has(value)) return value;
    let proxy = shown.get(value);
    if (proxy === undefined) {
      proxy = new Proxy(value, isMap(value) ? MAP : LIST);
      shown.set(value, proxy);
      plain.set(proxy, value);
    }
    return proxy;
  }

  function keep(value) {
    if (isObject(value) && plain.has(value)) return plain.get(value);
    if (isObject(value) || typeof value === 'function') guests.add(value);
    return value === undefined ? null : value;
  }

  function javaText(value) {
    const target = isObject(value) ? unwrap(value) : value;
    if (!isObject(target) || guests.has(target)) return String(target);
    if (Array.isArray(target)) return '[' + target.map(javaText).join(', ') + ']';
    return '{' + keys(target).map((key) => key + '=' + javaText(target[key])).join(', ') + '}';
  }

  function javaEquals(left, right) {
    left = isObject(left) ? unwrap(left) : left;
    right = isObject(right) ? unwrap(right) : right;
    if (!isObject(left) || !isObject(right)) return left === right;
    if (Array.isArray(left) !== Array.isArray(right)) return false;
    const names = keys(left);
    return names.length === keys(right).length && names.every((name) => hasOwn(right, name) && javaEquals(left[name], right[name]));
  }

  function outOfBounds(target, index) {
    if (!(index >= 0 && index < target.length)) throw new HostError(`Index ${index} out of bounds for length ${target.length}`);
    return index;
  }

  class HostError extends Error {}

  function stream(list) {
    return {
      map: (f) => stream(list.map((value) => f(value))),
      filter: (f) => stream(list.filter((value) => f(value))),
      sorted: (f) => stream(list.slice().sort(f)),
      distinct: () => stream([...new Set(list)]),
      limit: (count) => stream(list.slice(0, count)),
      skip: (count) => stream(list.slice(count)),
      anyMatch: (f) => list.some((value) => f(value)),
      allMatch: (f) => list.every((value) => f(value)),
      noneMatch: (f) => !list.some((value) => f(value)),
      forEach: (f) => list.forEach((value) => f(value)),
      reduce: (start, f) => list.reduce((left, right) => f(left, right), start),
      count: () => list.length,
      toList: () => list,
      toArray: () => list,
    };
  }

  // A Java Set or Collection: iterable, and with methods only.
  function collection(list) {
    const methods = {
      size: () => list.length,
      isEmpty: () => list.length === 0,
      contains: (value) => list.some((element) => javaEquals(element, value)),
      containsAll: (wanted) => [...wanted].every((value) => methods.contains(value)),
      toArray: () => list.slice(),
      forEach: (f) => list.forEach((value) => f(value)),
      stream: () => stream(list),
      getFirst: () => list[outOfBounds(list, 0)],
      getLast: () => list[outOfBounds(list, list.length - 1)],
      toString: () => '[' + list.map(javaText).join(', ') + ']',
      [iterator]: () => iterate.call(list),
      [toPrimitive]: () => methods.toString(),
    };
    return methods;
  }

  function mapEntry(target, key) {
    const pair = [key, show(target[key])];
    const methods = { getKey: () => key, getValue: () => show(target[key]), toString: () => key + '=' + javaText(target[key]) };
    for (const name of keys(methods)) Object.defineProperty(pair, name, { value: methods[name] });
    return pair;
  }

  // Java methods of a map; `t` is the plain object.
  const mapMethods = {
    get: (t, key) => (hasOwn(t, key) ? show(t[key]) : null),
    getOrDefault: (t, key, other) => (hasOwn(t, key) ? show(t[key]) : other),
    containsKey: (t, key) => hasOwn(t, key),
    containsValue: (t, value) => values(t).some((held) => javaEquals(held, value)),
    size: (t) => keys(t).length,
    isEmpty: (t) => keys(t).length === 0,
    put: (t, key, value) => { const old = mapMethods.get(t, key); t[key] = keep(value); return old; },
    putAll: (t, other) => { for (const [key, value] of other) t[key] = keep(value); },
    putIfAbsent: (t, key, value) => (t[key] == null ? mapMethods.put(t, key, value) : show(t[key])),
    remove: (t, key) => { const old = mapMethods.get(t, key); delete t[key]; return old; },
    replace: (t, key, value) => (hasOwn(t, key) ? mapMethods.put(t, key, value) : null),
    replaceAll: (t, f) => { for (const key of keys(t)) t[key] = keep(f(key, show(t[key]))); },
    clear: (t) => { for (const key of keys(t)) delete t[key]; },
    merge: (t, key, value, f) => { t[key] = keep(t[key] == null ? value : f(show(t[key]), value)); return show(t[key]); },
    compute: (t, key, f) => { t[key] = keep(f(key, mapMethods.get(t, key))); return show(t[key]); },
    computeIfAbsent: (t, key, f) => { if (t[key] == null) t[key] = keep(f(key)); return show(t[key]); },
    computeIfPresent: (t, key, f) => { if (t[key] != null) t[key] = keep(f(key, show(t[key]))); return mapMethods.get(t, key); },
    keySet: (t) => collection(keys(t)),
    values: (t) => collection(values(t).map(show)),
    entrySet: (t) => collection(keys(t).map((key) => mapEntry(t, key))),
    forEach: (t, f) => { for (const key of keys(t)) f(key, show(t[key])); },
    equals: (t, other) => javaEquals(t, other),
    toString: (t) => javaText(t),
    // Of JavaScript's Map, which GraalJS puts behind every Java map.
    keys: (t) => iterate.call(keys(t)),
    entries: (t) => iterate.call(keys(t).map((key) => [key, show(t[key])])),
    has: (t, key) => hasOwn(t, key),
    set: (t, key, value) => { t[key] = keep(value); return show(t); },
    delete: (t, key) => delete t[key],
    hasOwnProperty: (t, key) => MAP_MEMBERS.includes(key),
    toLocaleString: (t) => javaText(t),
    valueOf: (t) => show(t),
  };

  // Java methods of a list, where they hide JavaScript's.
  const listMethods = {
    get: (t, index) => show(t[outOfBounds(t, index)]),
    set: (t, index, value) => { const old = listMethods.get(t, index); t[index] = keep(value); return old; },
    size: (t) => t.length,
    isEmpty: (t) => t.length === 0,
    add: (t, ...value) => { value.length > 1 ? t.splice(value[0], 0, keep(value[1])) : t.push(keep(value[0])); return true; },
    addAll: (t, other) => { for (const value of other) t.push(keep(value)); return true; },
    addFirst: (t, value) => { t.unshift(keep(value)); },
    addLast: (t, value) => { t.push(keep(value)); },
    remove: (t, index) => show(t.splice(outOfBounds(t, index), 1)[0]),
    removeFirst: (t) => listMethods.remove(t, 0),
    removeLast: (t) => listMethods.remove(t, t.length - 1),
    removeIf: (t, f) => { const kept = t.filter((value) => !f(show(value))); const removed = kept.length < t.length; t.length = 0; t.push(...kept); return removed; },
    clear: (t) => { t.length = 0; },
    contains: (t, value) => t.some((held) => javaEquals(held, value)),
    containsAll: (t, wanted) => [...wanted].every((value) => listMethods.contains(t, value)),
    indexOf: (t, value) => t.findIndex((held) => javaEquals(held, value)),
    lastIndexOf: (t, value) => t.findLastIndex((held) => javaEquals(held, value)),
    getFirst: (t) => listMethods.get(t, 0),
    getLast: (t) => listMethods.get(t, t.length - 1),
    subList: (t, from, to) => t.slice(from, to).map(show),
    reversed: (t) => t.slice().reverse().map(show),
    toArray: (t) => t.map(show),
    forEach: (t, f) => { for (const value of t.slice()) f(show(value)); },
    replaceAll: (t, f) => { t.forEach((value, index) => { t[index] = keep(f(show(value))); }); },
    iterator: (t) => { let next = 0; return { hasNext: () => next < t.length, next: () => show(t[next++]) }; },
    stream: (t) => stream(t.map(show)),
    equals: (t, other) => javaEquals(t, other),
    toString: (t) => javaText(t),
    sort: (t, ...by) => {
      if (by.length !== 1) throw new TypeError('invokeMember (sort) on java.util.ArrayList failed due to: Arity error - expected: 1 actual: ' + by.length);
      t.sort(by[0] === null ? undefined : (left, right) => by[0](show(left), show(right)));
    },
  };

  const bind = (method, target) => (...given) => method(target, ...given);
  const absent = (name, type) => () => { throw new TypeError(`${name} of ${type} is not available here`); };

  function mapMember(target, name) {
    if (hasOwn(mapMethods, name)) return bind(mapMethods[name], target);
    if (MAP_MEMBERS.includes(name)) return absent(name, 'java.util.LinkedHashMap');
    if (name === 'toJSON') return () => ({});
    return name === 'constructor' ? Map : undefined;
  }

  const MAP = {
    get(target, name) {
      if (name === iterator) return () => mapMethods.entries(target);
      if (name === toPrimitive) return () => javaText(target);
      if (typeof name === 'symbol') return undefined;
      return hasOwn(target, name) ? show(target[name]) : mapMember(target, name);
    },
    set(target, name, value) {
      if (typeof name === 'string') Object.defineProperty(target, name, { value: keep(value), writable: true, enumerable: true, configurable: true });
      return true;
    },
    has: (target, name) => MAP_MEMBERS.includes(name),
    getPrototypeOf: () => Map.prototype,
    getOwnPropertyDescriptor(target, name) {
      if (!hasOwn(target, name)) return undefined;
      return { value: show(target[name]), writable: true, enumerable: true, configurable: true };
    },
  };

  const INDEX = /^(?:0|[1-9]\d*)$/;
  const LIST = {
    get(target, name, receiver) {
      if (name === toPrimitive) return () => javaText(target);
      if (typeof name === 'symbol' || name === 'length') return reach(target, name, receiver);
      if (hasOwn(target, name)) return show(target[name]);
      if (hasOwn(listMethods, name)) return bind(listMethods[name], target);
      return LIST_MEMBERS.includes(name) ? absent(name, 'java.util.ArrayList') : reach(target, name, receiver);
    },
    set(target, name, value) {
      if (name === 'length') target.length = Math.min(value, target.length);
      else if (typeof name === 'string' && INDEX.test(name) && +name <= target.length) target[name] = keep(value);
      return true;
    },
    defineProperty(target, name, { value }) { return LIST.set(target, name, value); },
    deleteProperty: () => true,
    getOwnPropertyDescriptor(target, name) {
      const found = Reflect.getOwnPropertyDescriptor(target, name);
      if (found !== undefined && name !== 'length') found.value = show(found.value);
      return found;
    },
  };

  // Functions that see a Java object's members where for-in and spreading see its entries.
  const members = (value) => (isHostMap(value) ? MAP_MEMBERS.slice() : [...keys(unwrap(value)), ...LIST_MEMBERS]);
  const isHost = (value) => isHostMap(value) || isHostList(value);
  const member = (value, name) => (isHostMap(value) ? mapMember(plain.get(value), name) : value[name]);
  const replaced = {
    keys: (value) => (isHost(value) ? members(value) : keys(value)),
    values: (value) => (isHost(value) ? members(value).map((name) => member(value, name)) : values(value)),
    entries: (value) => (isHost(value) ? members(value).map((name) => [name, member(value, name)]) : entries(value)),
    getOwnPropertyNames: (value) => (isHost(value) ? members(value) : getOwnPropertyNames(value)),
    freeze: (value) => (isHost(value) ? value : freeze(value)),
    isFrozen: (value) => isHost(value) || isFrozen(value),
    hasOwn: (value, name) => (isHostMap(value) ? MAP_MEMBERS.includes(name) : hasOwn(value, name)),
    assign: (to, ...from) => {
      for (const source of from) {
        if (isHostMap(source)) for (const name of MAP_MEMBERS) to[name] = member(source, name);
        else assign(to, source);
      }
      return to;
    },
  };
  for (const name of keys(replaced)) Object.defineProperty(Object, name, { value: replaced[name], writable: true, enumerable: false, configurable: true });
  const replacedReflect = (value) => (isHostMap(value) ? MAP_MEMBERS.slice() : ownKeys(value));
  Object.defineProperty(Reflect, 'ownKeys', { value: replacedReflect, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(Object.prototype, 'hasOwnProperty', {
    value: function (name) { return isHostMap(this) ? MAP_MEMBERS.includes(name) : hasOwnProperty.call(this, name); },
    writable: true, enumerable: false, configurable: true,
  });

  return {
    show,
    // The plain value behind what a script sees.
    plain: (value) => (isObject(value) && plain.has(value) ? plain.get(value) : undefined),
    // The Java class of what a script sees, for the server's messages.
    javaClass: (value) => (isHostMap(value) ? 'java.util.LinkedHashMap' : isHostList(value) ? 'java.util.ArrayList' : undefined),
    isHostError: (value) => value instanceof HostError,
  };
})()
