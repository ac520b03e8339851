// Preloaded into a worker (node --import): its wall clock is wrong by CLOCK_SKEW_MS milliseconds, and with CLOCK_JUMPS=1
// it also jumps, forwards and backwards, from one look to the next. Timers are not touched, as with a real wrong clock.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
const jumps = process.env.CLOCK_JUMPS === '1';
const RealDate = Date;
let looks = 0;

function now() {
  looks += 1;
  const jump = jumps ? ((looks % 7) - 3) * 3_600_000 : 0;
  return RealDate.now() + skew + jump;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: (target) => new target(now()).toString(),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
});
