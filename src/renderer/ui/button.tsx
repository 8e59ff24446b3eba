/** Buttons: one look, few variants. */

import type { ButtonHTMLAttributes, Ref } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icon.tsx';

const variants = {
  plain: 'bg-raised border-line-strong text-text hover:bg-line',
  primary: 'bg-accent-strong border-accent-strong text-on-accent hover:brightness-110',
  danger: 'bg-danger-strong border-danger-strong text-on-accent hover:brightness-110',
  buy: 'bg-up border-up text-bg hover:brightness-110 font-semibold',
  sell: 'bg-down border-down text-bg hover:brightness-110 font-semibold',
  ghost: 'bg-transparent border-transparent text-muted hover:text-text hover:bg-line',
} as const;

const sizes = {
  sm: 'h-[22px] px-2 text-xs gap-1',
  md: 'h-[26px] px-2.5 text-sm gap-1.5',
  lg: 'h-8 px-3.5 text-base gap-2',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: keyof typeof variants;
  readonly size?: keyof typeof sizes;
  readonly icon?: IconName;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A button with text, and an icon before it if given. */
export function Button({ variant = 'plain', size = 'md', icon, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(
        'inline-flex items-center justify-center rounded-md border font-medium whitespace-nowrap select-none transition-colors duration-75 disabled:opacity-45 disabled:hover:brightness-100',
        variants[variant],
        sizes[size],
        className,
      )}
    >
      {icon === undefined ? null : <Icon name={icon} size={size === 'sm' ? 12 : 14} />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: IconName;
  /** Read by screen readers and shown on hover. */
  readonly label: string;
  readonly size?: 'sm' | 'md';
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A square button with an icon only. */
export function IconButton({ icon, label, size = 'md', className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'inline-flex items-center justify-center rounded-md text-muted hover:text-text hover:bg-line disabled:opacity-40 disabled:hover:bg-transparent',
        size === 'sm' ? 'size-5' : 'size-[26px]',
        className,
      )}
    >
      <Icon name={icon} size={size === 'sm' ? 12 : 15} />
    </button>
  );
}
