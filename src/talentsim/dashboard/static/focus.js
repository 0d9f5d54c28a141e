// What is looked at: a country, a region, or several countries, whose codes stand with + between them.

import {find, make, options} from './words.js';

export function withOrWithout(members, code) {
  const next = members.includes(code) ? members.filter((each) => each !== code) : [...members, code];
  return next.length ? next.join('+') : code;
}

export function showFocus(offer, shown, focus) {
  const option = (value, text) => make('option', {value, textContent: text});
  const countries = offer.countries.map(({code, name}) => ({value: code, text: `${name} (${code})`}));
  const isOffered = [...offer.countries, ...offer.groups].some((each) => each.code === focus);
  find('focus').replaceChildren(...(isOffered ? [] : [option(focus, shown.name(focus))]),
    make('optgroup', {label: 'Countries'}, ...countries.map(({value, text}) => option(value, text))),
    ...(offer.groups.length ? [make('optgroup', {label: 'Put together'}, ...offer.groups.map(({code, name}) => option(code, name)))] : []));
  find('focus').value = focus;
  options(find('several-countries'), countries, null);
  for (const each of find('several-countries').options) each.selected = shown.members(focus).includes(each.value);
}

export function onSeveral(look) {
  find('several-look').addEventListener('click', () => {
    const chosen = [...find('several-countries').selectedOptions].map((each) => each.value);
    if (chosen.length) look(chosen.join('+'));
  });
}
