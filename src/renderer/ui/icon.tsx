/** Icons as small line drawings on a 16-unit square; they take the colour of the text. */

const paths = {
  trade: 'M2.5 13.5v-4m0-2v-4m0 2h-1v4h2v-4zm5.5 9v-3m0-5v-4m-1.5 4h3v5h-3zm6.5 6v-5m0-4v-3m-1 3h2v4h-2z',
  bots: 'M8 1.5v2m-4.5 0h9a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM5.75 7v1.5m4.5-1.5v1.5M.75 7v2.5m14.5-2.5v2.5M5 14.5h6',
  lab: 'M6 1.75h4m-3.25 0v4.5L2.9 12.6a1.2 1.2 0 0 0 1 1.9h8.2a1.2 1.2 0 0 0 1-1.9L9.25 6.25v-4.5M4.75 10h6.5',
  journal:
    'M3.5 1.5h8a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-8zm0 0v13m2.5-9h4m-4 3h4m-4 3h2.5M1.75 4.5h1.75m-1.75 3.5h1.75m-1.75 3.5h1.75',
  settings:
    'M8 5.75a2.25 2.25 0 1 0 0 4.5 2.25 2.25 0 0 0 0-4.5zM6.9 1.5h2.2l.4 1.8 1.3.6 1.6-1 1.5 1.6-1 1.5.5 1.3 1.6.5v2.1l-1.7.4-.6 1.3 1 1.6-1.6 1.5-1.5-1-1.3.5-.4 1.7H6.9l-.4-1.7-1.3-.5-1.6 1L2 12.9l1-1.6-.5-1.3-1.9-.4V7.5l1.8-.4.6-1.3-1-1.6 1.6-1.5 1.6 1 1.3-.6z',
  bell: 'M8 1.75a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 8.75v-3a4 4 0 0 0-4-4zM6.5 13.25a1.5 1.5 0 0 0 3 0',
  search: 'M7 2.25a4.75 4.75 0 1 0 0 9.5 4.75 4.75 0 0 0 0-9.5zm3.5 8.25 3.5 3.5',
  close: 'm4 4 8 8m0-8-8 8',
  check: 'm3 8.5 3.25 3.25L13 5',
  chevronDown: 'm4 6 4 4 4-4',
  chevronRight: 'm6 4 4 4-4 4',
  chevronLeft: 'm10 4-4 4 4 4',
  plus: 'M8 3v10M3 8h10',
  play: 'M4.5 2.75v10.5L13 8z',
  pause: 'M5 3v10m6-10v10',
  stop: 'M3.75 3.75h8.5v8.5h-8.5z',
  edit: 'm2.5 13.5.6-3L10.5 3l2.5 2.5-7.5 7.4zM9 4.5 11.5 7',
  copy: 'M5.5 5.5h8v8h-8zm-3 5v-8h8',
  trash: 'M2.5 4.5h11m-7-2h3m-5.5 2 .6 9h6.8l.6-9M6.75 7v4m2.5-4v4',
  warning: 'M8 2 1.5 13.5h13zm0 4.75v3m0 1.75v.25',
  info: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5zM8 7.25v4m0-6.5V5',
  halt: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2zM5 8h6',
  palette: 'M2 4.5h12v7.5H2zm2.5 2.5h.01m2.49 0h.01m2.49 0h.01m2.49 0h.01M5 9.5h6',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3',
  more: 'M3.5 8h.01M8 8h.01m4.49 0h.01',
  target: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 .75v3.5m0 7.5v3.5M.75 8h3.5m7.5 0h3.5',
  download: 'M8 2v8m-3.25-3L8 10.25 11.25 7M2.5 13.5h11',
  upload: 'M8 10.5v-8M4.75 5.5 8 2.25l3.25 3.25M2.5 13.5h11',
  star: 'm8 1.75 1.9 4 4.35.55-3.2 3 .85 4.35L8 11.5l-3.9 2.15.85-4.35-3.2-3L6.1 5.75z',
  layout: 'M2 2.5h12v11H2zm0 7h12m-5-7v7',
  clock: 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5zM8 4.5V8l2.5 1.5',
} as const;

export type IconName = keyof typeof paths;

/** Draws an icon; it is decoration, the control around it carries the label. */
export function Icon({ name, size = 14 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.3"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  );
}
