/** Writing into the document by hand, for figures that change with the market. What is already there is left alone. */

/**
 * Makes `text` all that an element holds. Its text node is kept: a new one for each change of each figure would be
 * thousands a second to style, lay out and throw away.
 */
export function writeText(element: Element | null | undefined, text: string): void {
  if (element === null || element === undefined) return;
  const only = element.firstChild;
  if (only instanceof Text && only.nextSibling === null) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Sets a `data-` attribute, or takes it away with undefined. */
export function writeData(element: HTMLElement, name: string, value: string | undefined): void {
  if (element.dataset[name] === value) return;
  if (value === undefined) delete element.dataset[name];
  else element.dataset[name] = value;
}
