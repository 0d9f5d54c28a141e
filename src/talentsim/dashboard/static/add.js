// "Add a policy": every lever, with the countries, origins and so on that it can be of.

import {make, options, raw} from './words.js';

const WORDS = {countries: 'In', origins: 'For people from', partners: 'With', employers: 'Firms', headquarters: 'Firms of',
  trained: 'For people trained in', levels: 'Wage levels'};
const CHANGES = [{value: 'add', text: 'add'}, {value: 'multiply', text: 'multiply by'}, {value: 'set', text: 'set to'}];

export function addForm(form, offer, taken, add) {
  const lever = make('select', {id: 'add-lever'});
  options(lever, offer.levers.map((each) => ({value: each.name, text: each.short})), offer.levers[1]?.name);
  const change = make('select', {id: 'add-change'});
  options(change, CHANGES, 'add');
  const value = make('input', {type: 'number', step: 'any', id: 'add-value'});
  const asked = make('label', {htmlFor: value.id});
  const start = make('input', {type: 'number', id: 'add-start', value: Math.min(new Date().getFullYear() + 1, offer.years[1])});
  const meaning = make('p', {className: 'quiet'});
  const selectors = make('div');
  const fields = () => [...selectors.querySelectorAll('select')];
  const draw = () => {
    const chosen = offer.levers.find((each) => each.name === lever.value);
    meaning.textContent = `${chosen.meaning}; ${chosen.unit}`;
    const made = chosen.selectors.map((each) => {
      const names = {employers: offer.firms, levels: offer.wage_levels}[each]?.map((value) => ({value, text: String(value)}))
        ?? offer.countries.map(({code, name}) => ({value: code, text: name}));
      const select = make('select', {id: `add-${each}`, multiple: true, size: Math.min(5, names.length + 1)});
      options(select, [{value: '', text: 'all'}, ...names], each === 'countries' ? offer.focus : '');
      return [make('label', {htmlFor: select.id, textContent: WORDS[each]}), select];
    });
    selectors.replaceChildren(...made.flat());
  };
  // A share is given in points or %, as its slider says it.
  const inHundredths = () => change.value !== 'multiply' && offer.levers.find((each) => each.name === lever.value).share;
  const askValue = () => {
    const {unit} = offer.levers.find((each) => each.name === lever.value);
    const shared = change.value === 'add' ? 'percentage points' : '%';
    asked.textContent = change.value === 'multiply' ? 'Factor (0.5 halves)' : `Value, in ${inHundredths() ? shared : unit}`;
    value.value = change.value === 'multiply' ? 0.9 : inHundredths() ? 10 : 1;
  };
  lever.addEventListener('change', () => { draw(); askValue(); });
  change.addEventListener('change', askValue);
  draw();
  askValue();
  form.replaceChildren(
    make('label', {htmlFor: lever.id, textContent: 'Lever'}), lever, meaning, selectors,
    make('label', {htmlFor: change.id, textContent: 'Change'}), change,
    asked, value,
    make('label', {htmlFor: start.id, textContent: 'From the year'}), start,
    make('p', {}, make('button', {type: 'submit', textContent: 'Add'})));
  form.onsubmit = (event) => {
    event.preventDefault();
    const policy = {lever: lever.value, change: change.value, value: inHundredths() ? raw(Number(value.value), {scale: 100}) : Number(value.value), start: Number(start.value)};
    for (const select of fields()) {
      const chosen = [...select.selectedOptions].map((each) => each.value).filter(Boolean);
      const field = select.id.replace('add-', '');
      if (chosen.length) policy[field] = field === 'levels' ? chosen.map(Number) : chosen;
    }
    let name = [lever.value, ...(policy.countries ?? [])].join('_').slice(0, 50);
    for (let number = 2; taken().includes(name); number += 1) name = `${name.replace(/_\d+$/, '')}_${number}`;
    add(name, policy);
  };
}
