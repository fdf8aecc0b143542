/** The arrow keys in the drawing: the focus moves to the nearest number in that direction. */
const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function moveFocus(event: KeyboardEvent & { readonly currentTarget: SVGSVGElement }): void {
  const direction = directions[event.key];
  const from = (event.target as Element).closest<SVGElement>('[data-n]');
  if (direction === undefined || from === null || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const place = ({ dataset }: SVGElement) => [Number(dataset.x), Number(dataset.y)] as const;
  const [x, y] = place(from);
  let nearest: SVGElement | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  for (const each of event.currentTarget.querySelectorAll<SVGElement>('[role="button"]')) {
    const [ex, ey] = place(each);
    const along = (ex - x) * direction[0] + (ey - y) * direction[1];
    const across = Math.abs((ex - x) * direction[1]) + Math.abs((ey - y) * direction[0]);
    // what is more to the side than ahead is far
    const distance = along + 2 * across;
    if (along > 1 && distance < shortest) {
      nearest = each;
      shortest = distance;
    }
  }
  nearest?.focus();
}
