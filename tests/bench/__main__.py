"""`make bench`: all of them, one after the other."""

from __future__ import annotations

from tests.bench import bench_bytes, bench_console, bench_growth, bench_hub, bench_many, bench_unlock

for bench in (bench_hub, bench_growth, bench_unlock, bench_many, bench_bytes, bench_console):
    bench.main()
    print()
