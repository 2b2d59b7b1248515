/** Vite's: builds the module as a script of its own, a hashed asset, and gives its address. */
declare module "*?worker&url" {
  const url: string;
  export default url;
}
