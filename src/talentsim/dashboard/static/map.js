// The map: a click or Enter on a country makes it the one looked at. Colour and sign say the same.

import {make, trueMinus} from './words.js';

const SVG = 'http://www.w3.org/2000/svg';

function draw(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function mixed(from, to, share) {
  const parts = [from, to].map((each) => each.match(/\w\w/g).map((two) => parseInt(two, 16)));
  return `rgb(${parts[0].map((each, place) => Math.round(each + (parts[1][place] - each) * share)).join(',')})`;
}

export class WorldMap {
  constructor(place, {choose}) {
    this.place = place;
    this.choose = choose;
    this.areas = new Map();
  }

  draw(atlas) {
    this.areas.clear();
    const world = this.sheet(atlas, atlas.frame, true);
    const europe = this.sheet(atlas, atlas.europe, false);
    europe.classList.add('europe');
    europe.setAttribute('aria-hidden', 'true');
    this.place.replaceChildren(world, europe);
    this.nowhere = atlas.nowhere;
  }

  sheet(atlas, frame, isWorld) {
    const sheet = draw('svg', {viewBox: frame.join(' '), role: isWorld ? 'group' : 'presentation', 'aria-label': 'World map'});
    sheet.append(draw('path', {d: atlas.rest || 'M0,0', class: 'rest'}));
    const shapes = [...Object.entries(atlas.paths).map(([code, d]) => [code, draw('path', {d})]),
      ...Object.entries(atlas.points).map(([code, [x, y]]) => [code, draw('circle', {cx: x, cy: y, r: 34})])];
    shapes.sort(([one], [other]) => atlas.groups.includes(other) - atlas.groups.includes(one));
    for (const [code, shape] of shapes) {
      shape.dataset.code = code;
      shape.append(draw('title', {}));
      shape.addEventListener('click', (event) => this.choose(code, event.shiftKey));
      if (isWorld) {
        shape.setAttribute('tabindex', '0');
        shape.setAttribute('role', 'button');
        shape.addEventListener('keydown', (event) => {
          if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); this.choose(code, event.shiftKey); }
        });
      }
      this.areas.set(code, [...(this.areas.get(code) ?? []), shape]);
      sheet.append(shape);
    }
    return sheet;
  }

  // rows: code -> {name, difference, words, clear}
  show(rows, chosen, scale) {
    const css = getComputedStyle(document.documentElement);
    const [gain, loss, neutral] = ['--gain', '--loss', '--neutral'].map((name) => css.getPropertyValue(name).trim());
    const largest = Math.max(...Object.values(rows).map((each) => Math.abs(each.difference)), 1e-9);
    for (const [code, shapes] of this.areas) {
      const row = rows[code];
      const share = row && row.clear ? Math.sqrt(Math.abs(row.difference) / largest) : 0;
      for (const shape of shapes) {
        shape.style.fill = row ? mixed(neutral, row.difference > 0 ? gain : loss, share) : neutral;
        shape.classList.toggle('chosen', chosen.includes(code));
        const text = row ? `${row.name}: ${trueMinus(row.words)} points${row.clear ? '' : ', not told from chance'}` : code;
        shape.querySelector('title').textContent = text;
        shape.setAttribute('aria-label', text);
        if (shape.hasAttribute('role')) shape.setAttribute('aria-pressed', String(chosen.includes(code)));
      }
    }
    const lost = (this.nowhere ?? []).filter((code) => rows[code]).map((code) => `${rows[code].name} ${trueMinus(rows[code].words)}`);
    scale.replaceChildren(make('span', {textContent: `−${largest.toFixed(2)}`}), make('span', {className: 'ramp'}),
      make('span', {textContent: `+${largest.toFixed(2)} percentage points`}),
      ...(lost.length ? [make('span', {textContent: `Without a place on the map: ${lost.join(', ')}`})] : []));
  }
}
