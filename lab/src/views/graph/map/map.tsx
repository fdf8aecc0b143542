/** The map of the nodes: drawn when something has changed, moved by pointer, wheel, fingers and keys. */
import { createEffect, onCleanup, onMount } from 'solid-js';
import type { Frame } from '../protocol.ts';
import { between, type Camera, fitted, nodeAt, type Points, panned, type Size, zoomed } from './camera.ts';
import { Motion } from './motion.ts';
import { Painter } from './painter.ts';
import { inksOf, radiusOf, type Scene } from './scene.ts';
import { pictureSvg } from './svg.ts';

/** What the view can do with its map. */
export interface MapHandle {
  png(): Promise<Blob>;
  svg(): string;
  /** Brings the map into view, and the focus to it: what a person opened is there. */
  reveal(): void;
}

export interface MapProps {
  readonly scene: Scene | undefined;
  readonly places: Pick<Frame, 'x' | 'y'> | undefined;
  readonly label: string;
  onHover(node: number | undefined): void;
  onSelect(node: number | undefined): void;
  ready(handle: MapHandle): void;
}

const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

export function GraphMap(props: MapProps) {
  let frame!: HTMLDivElement;
  let edges!: HTMLCanvasElement;
  let nodes!: HTMLCanvasElement;
  let marks!: HTMLCanvasElement;
  let painter: Painter | undefined;
  const motion = new Motion();
  let size: Size = { width: 1, height: 1 };
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let follows = true;
  let pending = 0;
  let last = 0;

  const draw = (now: number) => {
    pending = 0;
    const milliseconds = Math.min(200, now - last);
    const isMoving = motion.step(milliseconds);
    last = now;
    const { scene } = props;
    const { points } = motion;
    let isTurning = false;
    if (scene !== undefined && points !== undefined && points.x.length === scene.graph.names.length) {
      if (follows) isTurning = follow(points, milliseconds);
      painter?.paint(scene, points, camera);
    }
    if (isMoving || isTurning) request();
  };
  const request = () => {
    if (pending !== 0) return;
    pending = requestAnimationFrame(draw);
  };
  /** Moves the camera towards the whole map; true while it is on the way. */
  const follow = (points: Points, milliseconds: number): boolean => {
    const wanted = fitted(points, size);
    const ratio = Math.abs(Math.log(wanted.scale / camera.scale));
    const isThere = ratio < 0.002 || ratio > 1.5 || isStill();
    camera = isThere ? wanted : between(camera, wanted, 1 - Math.exp(-milliseconds / 120));
    return !isThere;
  };
  const move = (next: Camera) => {
    follows = false;
    camera = next;
    request();
  };
  const fit = () => {
    follows = true;
    request();
  };

  onMount(() => {
    painter = new Painter({ edges, nodes, marks });
    const resize = () => {
      size = { width: frame.clientWidth, height: frame.clientHeight };
      painter?.resize(size, devicePixelRatio);
      if (follows && motion.points !== undefined) camera = fitted(motion.points, size);
      request();
    };
    const observer = new ResizeObserver(resize);
    observer.observe(frame);
    resize();
    onCleanup(() => {
      observer.disconnect();
      cancelAnimationFrame(pending);
    });
    props.ready({
      png: () =>
        new Promise((resolve, reject) =>
          painter!
            .flattened(props.scene?.isDark === true)
            .toBlob((blob) => (blob === null ? reject(new Error('The picture could not be made.')) : resolve(blob))),
        ),
      svg: () => pictureSvg(props.scene!, motion.points!, camera, size),
      reveal: () => {
        frame.focus({ preventScroll: true });
        frame.scrollIntoView({ block: 'nearest', behavior: isStill() ? 'auto' : 'smooth' });
      },
    });
  });
  createEffect(() => {
    const { places } = props;
    if (places === undefined) motion.clear();
    else {
      const isFirst = motion.points?.x.length !== places.x.length;
      motion.to(places, isStill());
      if (isFirst) {
        follows = true;
        camera = fitted(places, size);
      }
    }
    last = performance.now();
    request();
  });
  createEffect(() => {
    void props.scene;
    request();
  });

  const at = (event: MouseEvent): readonly [number, number] => {
    const box = frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const nodeUnder = (event: MouseEvent, reach: number): number | undefined => {
    const { points } = motion;
    if (points === undefined || props.scene === undefined) return undefined;
    const found = nodeAt(points, camera, size, ...at(event), radiusOf(points.x.length) + reach);
    return found < 0 ? undefined : found;
  };
  const pointers = new Map<number, readonly [number, number]>();
  let travelled = 0;
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    frame.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    travelled = 0;
  };
  const onMove = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      if (event.pointerType === 'mouse') props.onHover(nodeUnder(event, 6));
      return;
    }
    const now = at(event);
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    travelled += Math.hypot(dx, dy);
    pointers.set(event.pointerId, now);
    if (travelled < 4) return;
    if (others.length === 0) return move(panned(camera, dx, dy));
    const [[ox, oy]] = others;
    const factor = Math.hypot(now[0] - ox, now[1] - oy) / Math.max(1, Math.hypot(before[0] - ox, before[1] - oy));
    move(zoomed(camera, factor, (now[0] + ox) / 2, (now[1] + oy) / 2, size));
  };
  const onUp = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || travelled >= 4) return;
    props.onSelect(nodeUnder(event, event.pointerType === 'mouse' ? 6 : 14));
  };
  const zoom = (factor: number) => move(zoomed(camera, factor, size.width / 2, size.height / 2, size));
  const onWheel = (event: WheelEvent) => {
    // a page is scrolled past the map; once a person has clicked on it, the wheel is the map's
    if (!event.ctrlKey && document.activeElement !== frame) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    move(zoomed(camera, Math.exp(-pixels / 400), ...at(event), size));
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move(panned(camera, 40, 0)),
    ArrowRight: () => move(panned(camera, -40, 0)),
    ArrowUp: () => move(panned(camera, 0, 40)),
    ArrowDown: () => move(panned(camera, 0, -40)),
    '+': () => zoom(1.3),
    '=': () => zoom(1.3),
    '-': () => zoom(1 / 1.3),
    '0': fit,
    Escape: () => props.onSelect(undefined),
  };
  const onKey = (event: KeyboardEvent) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  onMount(() => frame.addEventListener('wheel', onWheel, { passive: false }));

  return (
    <div class="graph-map" style={{ background: inksOf(props.scene?.isDark === true).page }}>
      <div
        ref={frame}
        class="graph-map-frame"
        role="application"
        tabindex="0"
        aria-label={`${props.label} Arrow keys move the map, + and − zoom, 0 shows all of it.`}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={(event) => pointers.delete(event.pointerId)}
        onPointerLeave={() => props.onHover(undefined)}
        onKeyDown={onKey}
      >
        <canvas ref={edges} />
        <canvas ref={nodes} />
        <canvas ref={marks} />
      </div>
      <div class="graph-zoom">
        <button type="button" aria-label="Zoom in" onClick={() => zoom(1.4)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(1 / 1.4)}>
          −
        </button>
        <button type="button" onClick={fit}>
          Fit
        </button>
      </div>
    </div>
  );
}
