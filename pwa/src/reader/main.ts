import { startReading } from "./start.ts";

void startReading();
