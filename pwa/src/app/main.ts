/** My notes. The invite's secret is out of the address before anything more is loaded. */
import { takeFragment } from "./fragment.ts";

const fragment = takeFragment();
void import("./start.ts").then(({ start }) => start(fragment));
