/**
 * Handles over the chart: grips of lines that can be dragged, and tags of resting orders with a cancel button. They
 * are document elements, so that keyboard and screen reader reach them; their place is set once a frame.
 */

export interface ChartHandle {
  readonly id: string;
  readonly label: string;
  /** Place on the price scale. */
  readonly price: number;
  /** What is read out and shown beside the label: the exact price as text. */
  readonly priceText: string;
  readonly tone: 'up' | 'down' | 'accent' | 'warn' | 'danger' | 'muted';
  /** One step of the arrow keys, in price; only for handles that move. */
  readonly step?: number | undefined;
  /** Called while dragging and at its end. */
  readonly onMove?: ((price: number, isFinal: boolean) => void) | undefined;
  readonly onClose?: (() => void) | undefined;
  readonly closeLabel?: string | undefined;
}

export interface HandlePlaces {
  yOf(price: number): number | null;
  priceAt(y: number): number | null;
  height(): number;
}

interface Shown {
  handle: ChartHandle;
  readonly root: HTMLElement;
  readonly grip: HTMLElement;
  readonly text: HTMLElement;
  readonly close: HTMLButtonElement;
}

export class ChartHandles {
  private readonly layer: HTMLElement;
  private readonly places: HandlePlaces;
  private readonly onDragging: (isDragging: boolean) => void;
  private readonly shown = new Map<string, Shown>();
  private draggedId: string | null = null;

  constructor(layer: HTMLElement, places: HandlePlaces, onDragging: (isDragging: boolean) => void) {
    this.layer = layer;
    this.places = places;
    this.onDragging = onDragging;
  }

  /** Shows these handles and no others. One that is being dragged stays where the pointer is. */
  set(handles: readonly ChartHandle[]): void {
    const ids = new Set(handles.map((handle) => handle.id));
    for (const [id, shown] of this.shown) {
      if (ids.has(id)) continue;
      shown.root.remove();
      this.shown.delete(id);
    }
    for (const handle of handles) {
      const shown = this.shown.get(handle.id) ?? this.create(handle);
      shown.handle = this.draggedId === handle.id ? { ...handle, price: shown.handle.price } : handle;
      this.describe(shown);
    }
    this.place();
  }

  /** Moves every handle to its price; called in the chart's own frame. */
  place(): void {
    const height = this.places.height();
    for (const { handle, root } of this.shown.values()) {
      const y = this.places.yOf(handle.price);
      const isInside = y !== null && y >= -2 && y <= height + 2;
      // A line out of view is kept at the edge, so that it can always be pulled back.
      const shownY = y === null ? null : Math.max(8, Math.min(height - 8, y));
      root.style.visibility = shownY === null ? 'hidden' : 'visible';
      if (shownY !== null) root.style.transform = `translateY(${Math.round(shownY)}px)`;
      root.dataset['outside'] = String(!isInside);
    }
  }

  clear(): void {
    this.set([]);
  }

  private create(handle: ChartHandle): Shown {
    const root = document.createElement('div');
    root.className = 'chart-handle';
    const grip = document.createElement('div');
    grip.className = 'chart-handle-grip num';
    const text = document.createElement('span');
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'chart-handle-close';
    close.textContent = '×';
    grip.append(text);
    root.append(grip, close);
    this.layer.append(root);
    const shown: Shown = { handle, root, grip, text, close };
    this.shown.set(handle.id, shown);
    close.addEventListener('click', () => shown.handle.onClose?.());
    grip.addEventListener('pointerdown', (event) => this.startDrag(shown, event));
    grip.addEventListener('keydown', (event) => this.moveByKey(shown, event));
    return shown;
  }

  private describe({ handle, root, grip, text, close }: Shown): void {
    const isMovable = handle.onMove !== undefined;
    root.dataset['tone'] = handle.tone;
    root.dataset['movable'] = String(isMovable);
    root.dataset['testid'] = `chart-line-${handle.id}`;
    text.textContent = `${handle.label} ${handle.priceText}`;
    close.hidden = handle.onClose === undefined;
    close.setAttribute('aria-label', handle.closeLabel ?? 'Remove');
    close.dataset['testid'] = `chart-line-close-${handle.id}`;
    grip.dataset['testid'] = `chart-grip-${handle.id}`;
    if (!isMovable) return;
    grip.tabIndex = 0;
    grip.setAttribute('role', 'slider');
    grip.setAttribute('aria-orientation', 'vertical');
    grip.setAttribute('aria-label', handle.label);
    grip.setAttribute('aria-valuenow', String(handle.price));
    grip.setAttribute('aria-valuetext', handle.priceText);
  }

  private startDrag(shown: Shown, down: PointerEvent): void {
    if (shown.handle.onMove === undefined || down.button !== 0) return;
    down.preventDefault();
    const { grip } = shown;
    const offset =
      down.clientY - this.layer.getBoundingClientRect().top - (this.places.yOf(shown.handle.price) ?? 0);
    grip.focus({ preventScroll: true });
    grip.setPointerCapture(down.pointerId);
    this.draggedId = shown.handle.id;
    this.onDragging(true);
    const move = (event: PointerEvent): void => this.dragTo(shown, event.clientY - offset, false);
    const end = (event: PointerEvent): void => {
      grip.removeEventListener('pointermove', move);
      grip.removeEventListener('pointerup', end);
      grip.removeEventListener('pointercancel', end);
      this.draggedId = null;
      this.onDragging(false);
      this.dragTo(shown, event.clientY - offset, true);
    };
    grip.addEventListener('pointermove', move);
    grip.addEventListener('pointerup', end);
    grip.addEventListener('pointercancel', end);
  }

  private dragTo(shown: Shown, clientY: number, isFinal: boolean): void {
    const y = Math.max(0, Math.min(this.places.height(), clientY - this.layer.getBoundingClientRect().top));
    const price = this.places.priceAt(y);
    if (price === null || price <= 0) return;
    shown.handle = { ...shown.handle, price };
    this.place();
    shown.handle.onMove?.(price, isFinal);
  }

  private moveByKey(shown: Shown, event: KeyboardEvent): void {
    const { handle } = shown;
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
    if (direction === 0 || handle.onMove === undefined || handle.step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const price = handle.price + direction * handle.step * (event.shiftKey ? 10 : 1);
    if (price > 0) handle.onMove(price, true);
  }
}
