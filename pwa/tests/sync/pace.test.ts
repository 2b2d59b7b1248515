import { expect, test } from "vitest";

import { Alarm } from "../../src/sync/client/alarm.ts";
import { Line, nextSize } from "../../src/sync/client/batches.ts";
import { delay, delayAsked, readRetryAfter, slowest } from "../../src/sync/client/retry.ts";
import { World } from "../vault/world.ts";

test("requests grow fourfold at most, aim at ten seconds, and never fall below 16 KiB", () => {
  expect(nextSize(16_384, 0.1)).toBe(65_536);
  expect(nextSize(100_000, 20)).toBe(50_000);
  expect(nextSize(16_384, 100)).toBe(16_384);
  expect(nextSize(3_000_000, 0.1)).toBeLessThan(4 * 1024 * 1024);
});

test("a line keeps what it showed: a small quick request proves nothing against it, a slow or cut one does", () => {
  const line = new Line();
  line.carried(16_384, 1);
  line.carried(65_536, 5);
  expect(line.size).toBe(131_072);
  line.carried(500, 1);
  expect(line.size).toBe(131_072);
  line.carried(40_000, 20);
  expect(line.size).toBe(20_000);
  line.carried(20_000, 2.5);
  line.broke();
  expect(line.size).toBe(16_384);
});

test("pauses double, never pass ten minutes, and are never the same for all", () => {
  expect([1, 2, 3, 4].map((faults) => delay(faults, 1))).toEqual([5000, 10_000, 20_000, 40_000]);
  expect(delay(3, 0)).toBe(1000);
  expect(delay(50, 0.999)).toBeLessThanOrEqual(600_000);
  expect(delay(2000, 0.5)).toBeGreaterThan(60_000);
  expect(delay(1, 0.5)).not.toBe(delay(1, 0.1));
  expect(Number.isInteger(delay(3, 0.123456))).toBe(true);
  expect(slowest(0)).toBe(300_000);
});

test("what a hub asks for is waited, and a little more at random, but never for a day", () => {
  expect(delayAsked(120, 0)).toBe(120_000);
  expect(delayAsked(120, 0.5)).toBe(150_000);
  expect(delayAsked(1e12, 0.999)).toBeLessThan(2 * 3_600_000);
});

test("Retry-After is seconds or a date", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  expect(readRetryAfter("30", now)).toBe(30);
  expect(readRetryAfter("Sun, 01 Mar 2026 12:01:00 GMT", now)).toBe(60);
  expect(readRetryAfter("Sun, 01 Mar 2026 11:00:00 GMT", now)).toBe(0);
  expect(readRetryAfter("-5x", now)).toBeUndefined();
  expect(readRetryAfter(null, now)).toBeUndefined();
});

test("an alarm rings for whoever comes back after its time, though its timer slept", () => {
  const world = new World();
  let rung = 0;
  const alarm = new Alarm(world.tab(), () => (rung += 1));
  alarm.set(60_000);
  expect(alarm.due).toBe(world.time + 60_000);
  alarm.look();
  expect(rung).toBe(0);
  world.time += 60_000;
  alarm.look();
  alarm.look();
  expect(rung).toBe(1);
  expect(alarm.due).toBeUndefined();
});

test("and once the clock was set back, since nobody knows how long it slept", () => {
  const world = new World();
  let rung = 0;
  const alarm = new Alarm(world.tab(), () => (rung += 1));
  alarm.set(60_000);
  world.time -= 86_400_000;
  alarm.look();
  expect(rung).toBe(1);
});
