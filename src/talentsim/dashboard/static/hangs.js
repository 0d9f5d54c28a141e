// "What it hangs on": how well the figures behind the policies are known, in the words of the scenario's file.

import {make} from './words.js';

export function drawHangs(place, described) {
  const inForce = described.sliders.filter((each) => each.on && !each.idle);
  const rows = inForce.map((each) => make('tr', {}, make('td', {textContent: each.label}),
    make('td', {textContent: each.note || each.title}), make('td', {}, make('span', {className: 'grade', textContent: each.evidence}))));
  const table = make('table', {className: 'hangs'}, make('tbody', {}, ...rows));
  const words = described.stands_for ? [make('p', {className: 'reading', textContent: `Stands for: ${described.stands_for}`})] : [];
  place.replaceChildren(...words, table,
    make('p', {className: 'reading', textContent: 'Intervals are of chance alone. “Full comparison” also runs the scenario under other '
      + 'structures, and its report lists every figure with its source.'}));
}
