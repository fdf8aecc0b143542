/** Paints a scene on three canvases: edges, nodes, and what is written or marked above them. */
import { type Camera, type Points, type Size, toScreen } from './camera.ts';
import { hasMarks, paintMarks } from './marks.ts';
import { markOf } from './palette.ts';
import { inksOf, radiusOf, type Scene } from './scene.ts';
import { makeStamp, type Picture, press, type Stamp } from './stamps.ts';

export interface Layers {
  readonly edges: HTMLCanvasElement;
  readonly nodes: HTMLCanvasElement;
  readonly marks: HTMLCanvasElement;
}

/** Pixels of a canvas, beyond which it is drawn with fewer of them and enlarged. */
const maxPixels = 4e6;

export class Painter {
  private readonly layers: Layers;
  private size: Size = { width: 1, height: 1 };
  private ratio = 1;
  private image: ImageData | undefined;
  private picture: Picture | undefined;
  private readonly stamps = new Map<string, Stamp>();

  constructor(layers: Layers) {
    this.layers = layers;
  }

  /** Sets the size in pixels of the page. */
  resize(size: Size, deviceRatio: number): void {
    const { width, height } = size;
    this.size = size;
    this.ratio = Math.min(deviceRatio, Math.sqrt(maxPixels / Math.max(1, width * height)));
    for (const canvas of Object.values(this.layers) as HTMLCanvasElement[]) {
      canvas.width = Math.max(1, Math.round(width * this.ratio));
      canvas.height = Math.max(1, Math.round(height * this.ratio));
    }
    const { width: w, height: h } = this.layers.nodes;
    this.image = new ImageData(w, h);
    this.picture = { width: w, height: h, pixels: new Uint32Array(this.image.data.buffer) };
  }

  paint(scene: Scene, points: Points, camera: Camera): void {
    this.paintEdges(scene, points, camera);
    this.paintNodes(scene, points, camera);
    if (this.isShown(this.layers.marks, hasMarks(scene))) {
      paintMarks(this.cleared(this.layers.marks), scene, points, camera, this.size);
    }
  }

  /** Hides a layer that is empty: a hidden one costs nothing in each frame. */
  private isShown(canvas: HTMLCanvasElement, isShown: boolean): boolean {
    if (canvas.hidden === isShown) canvas.hidden = !isShown;
    return isShown;
  }

  private cleared(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = canvas.getContext('2d')!;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    return context;
  }

  private paintEdges({ graph, isDark, emphasized, groups }: Scene, { x, y }: Points, camera: Camera): void {
    const { edges } = graph;
    if (!this.isShown(this.layers.edges, edges.length > 0)) return;
    const context = this.cleared(this.layers.edges);
    const place = (node: number) => toScreen(camera, this.size, x[node], y[node]);
    context.beginPath();
    for (let i = 0; i < edges.length; i += 2) {
      const [a, b] = [edges[i], edges[i + 1]];
      if (emphasized !== undefined && groups.of[a] !== emphasized && groups.of[b] !== emphasized) continue;
      context.moveTo(...place(a));
      context.lineTo(...place(b));
    }
    context.strokeStyle = inksOf(isDark).edge;
    context.globalAlpha = edges.length > 2000 ? 0.12 : 0.28;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
  }

  private paintNodes({ graph, groups, isDark, emphasized }: Scene, { x, y }: Points, camera: Camera): void {
    const { picture, image, ratio } = this;
    if (picture === undefined || image === undefined) return;
    picture.pixels.fill(0);
    const radius = radiusOf(graph.names.length) * ratio;
    const faint = this.stampOf(-2, radius, isDark);
    const stamps = Array.from({ length: groups.names.length + 1 }, (_, i) => this.stampOf(i - 1, radius, isDark));
    const [halfWidth, halfHeight] = [picture.width / 2, picture.height / 2];
    const scale = camera.scale * ratio;
    const draw = (node: number, stamp: Stamp) =>
      press(picture, stamp, halfWidth + (x[node] - camera.x) * scale, halfHeight - (y[node] - camera.y) * scale);
    if (emphasized === undefined) {
      for (let node = 0; node < x.length; node++) draw(node, stamps[groups.of[node] + 1]);
    } else {
      for (let node = 0; node < x.length; node++) if (groups.of[node] !== emphasized) draw(node, faint);
      for (let node = 0; node < x.length; node++)
        if (groups.of[node] === emphasized) draw(node, stamps[emphasized + 1]);
    }
    this.layers.nodes.getContext('2d')!.putImageData(image, 0, 0);
  }

  /** The stamp of a group; −1 for nodes without one, −2 for faint ones. */
  private stampOf(group: number, radius: number, isDark: boolean): Stamp {
    const key = `${group} ${radius} ${isDark}`;
    let stamp = this.stamps.get(key);
    if (stamp === undefined) {
      if (this.stamps.size > 200) this.stamps.clear();
      const { page } = inksOf(isDark);
      const opacity = group === -2 ? 0.28 : 1;
      stamp = makeStamp(markOf(Math.max(group, -1), isDark), radius, this.ratio, page, opacity);
      this.stamps.set(key, stamp);
    }
    return stamp;
  }

  /** All layers on the page's color, as one canvas. */
  flattened(isDark: boolean): HTMLCanvasElement {
    const { edges, nodes, marks } = this.layers;
    const canvas = document.createElement('canvas');
    canvas.width = nodes.width;
    canvas.height = nodes.height;
    const context = canvas.getContext('2d')!;
    context.fillStyle = inksOf(isDark).page;
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [edges, nodes, marks]) if (!layer.hidden) context.drawImage(layer, 0, 0);
    return canvas;
  }
}
