/** Changing what is shown and nothing else, so that nothing flickers, and focus and open details stay where they are. */

/** Sets an element's text, unless it reads so already. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets or takes away an attribute. */
export function setAttribute(element, name, value) {
  if (value === null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Hides or shows an element. */
export function setShown(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}

/** An element's children, one for each of some things, kept by key. */
export class KeyedList {
  /**
   * @param {HTMLElement} parent holds nothing else
   * @param {(thing: Object) => {element: HTMLElement, show: (thing: Object) => void}} make
   * @param {(thing: Object) => string} key
   */
  constructor(parent, make, key = (thing) => thing.id) {
    this.parent = parent;
    this.make = make;
    this.key = key;
    this.rows = new Map();
  }

  show(things) {
    const wanted = new Set(things.map(this.key));
    for (const [key, row] of this.rows) {
      if (!wanted.has(key)) {
        row.element.remove();
        this.rows.delete(key);
      }
    }
    let place = this.parent.firstElementChild;
    for (const thing of things) {
      const key = this.key(thing);
      let row = this.rows.get(key);
      if (row === undefined) {
        row = this.make(thing);
        this.rows.set(key, row);
      }
      row.show(thing);
      if (row.element === place) place = place.nextElementSibling;
      else this.parent.insertBefore(row.element, place);
    }
  }
}
