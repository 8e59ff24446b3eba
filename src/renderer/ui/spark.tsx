/** A small line without axes: how something went, at a glance. */

import { useEffect, useRef } from 'react';
import { canvasColours, onColoursChange, withAlpha } from '../theme/appearance.ts';

/** Draws the values on a canvas; in the up or down colour by first against last. */
export function drawSpark(canvas: HTMLCanvasElement, values: readonly number[]): void {
  const ratio = window.devicePixelRatio;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  if (values.length < 2) return;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const span = high - low || 1;
  const colours = canvasColours();
  const colour = (values[values.length - 1] as number) >= (values[0] as number) ? colours.up : colours.down;
  const x = (at: number): number => (at / (values.length - 1)) * width;
  const y = (value: number): number => 1.5 + (1 - (value - low) / span) * (height - 3);
  context.beginPath();
  values.forEach((value, at) => {
    if (at === 0) context.moveTo(x(at), y(value));
    else context.lineTo(x(at), y(value));
  });
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.stroke();
  context.lineTo(width, height);
  context.lineTo(0, height);
  context.closePath();
  context.fillStyle = withAlpha(colour, 0.1);
  context.fill();
}

export function Spark({
  values,
  className = 'h-5 w-16',
  label,
}: {
  readonly values: readonly number[];
  readonly className?: string;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null) drawSpark(canvas.current, values);
    };
    draw();
    return onColoursChange(draw);
  }, [values]);
  return <canvas ref={canvas} className={className} role="img" aria-label={label} />;
}
