/** Work on the page's only thread goes on this long before the browser may draw and listen. */
const SLICE_MS = 8;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
let until = 0;

channel.port1.onmessage = () => {
  const next = waiting.shift();
  until = performance.now() + SLICE_MS;
  next?.();
};

/**
 * Lets the browser draw a frame and listen to the reader when it is due. Long work awaits this every
 * few steps, so that a map can be dragged while tiles are read and hexagons are painted.
 */
export function rest(): Promise<void> | undefined {
  if (performance.now() < until) return undefined;
  return new Promise((next) => {
    waiting.push(next);
    channel.port2.postMessage(null);
  });
}
