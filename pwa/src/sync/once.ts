/**
 * What is made of a value that never changes, made once for as long as that value is held: the index of
 * thousands of contacts is decoded when it is read, not at every line that is drawn of it.
 */
export function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const held = made.get(key);
    if (held !== undefined) return held.value;
    const value = make(key);
    made.set(key, { value });
    return value;
  };
}
