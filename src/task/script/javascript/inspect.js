// What results are read by: the originals are held here, whatever a script does to them later.
(function () {
  'use strict';
  const { getPrototypeOf } = Object;
  const objectPrototype = Object.prototype;
  const mapEntries = Map.prototype.entries;
  const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, 'size').get;
  const next = getPrototypeOf(new Map().entries()).next;
  const boxed = [Number.prototype.valueOf, String.prototype.valueOf, Boolean.prototype.valueOf];
  const text = String;
  const errorText = Error.prototype.toString;
  const isView = ArrayBuffer.isView;
  delete globalThis.queueMicrotask;

  function attempt(method, value) {
    try { return [method.call(value)]; } catch { return undefined; }
  }

  return {
    // An object that is not a plain one: [1, value] of a boxed value, [2, key, value, ...] of a Map, [3, ...elements] of a typed array.
    inspect(value) {
      const prototype = getPrototypeOf(value);
      if (prototype === objectPrototype || prototype === null) return undefined;
      for (let index = 0; index < boxed.length; index++) {
        const found = attempt(boxed[index], value);
        if (found !== undefined) return [1, found[0]];
      }
      if (attempt(mapSize, value) !== undefined) {
        const pairs = [2];
        const entries = mapEntries.call(value);
        for (let step = next.call(entries); !step.done; step = next.call(entries)) {
          pairs[pairs.length] = step.value[0];
          pairs[pairs.length] = step.value[1];
        }
        return pairs;
      }
      if (isView(value) && value.length !== undefined) {
        const elements = [3];
        for (let index = 0; index < value.length; index++) elements[elements.length] = value[index];
        return elements;
      }
      return undefined;
    },
    bigInt: (value) => (value >= -9223372036854775808n && value <= 9223372036854775807n ? text(value) : Number(value)),
    describe: (value) => text(value),
  };
})()
