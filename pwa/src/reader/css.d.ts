/** Vite's: the style is loaded with the script that names it. */
declare module "*.css";
