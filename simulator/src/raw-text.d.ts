/** Vite gives any file as text, so that tests reach fixtures without `node:fs`. */
declare module '*?raw' {
  const text: string
  export default text
}
