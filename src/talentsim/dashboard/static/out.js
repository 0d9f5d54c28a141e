// What is taken away: the scenario, the tables, the picture, the command line, and the main job with its report.

import * as charts from './charts.js';
import {Gone, ask, json} from './run.js';
import {find} from './words.js';

export class Out {
  // `now()` gives {choice, run, scenario, focus, year}; `gone` and `complain` are told what went wrong.
  constructor({now, gone, complain}) {
    Object.assign(this, {now, gone, complain});
    const table = (name, file) => {
      const {run, focus, year} = this.now();
      if (run) this.download(`/api/runs/${run.id}/${file}?${new URLSearchParams({focus, year})}`, undefined, file);
    };
    find('yaml').addEventListener('click', () => this.download('/api/scenario', this.now().choice, 'scenario.yaml'));
    find('csv').addEventListener('click', () => table('csv', 'tables.zip'));
    find('xlsx').addEventListener('click', () => table('xlsx', 'workbook.xlsx'));
    find('picture').addEventListener('click', () => charts.picture(find('lines'), find('headline').textContent, `${this.now().scenario}.png`));
    find('full').addEventListener('click', () => this.full());
    find('copy').addEventListener('click', () => navigator.clipboard.writeText(find('command').textContent));
  }

  fail(error, say) {
    if (error instanceof Gone) this.gone();
    else say(error);
  }

  async download(path, content, name) {
    try {
      const response = await ask(path, content);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await response.blob());
      link.download = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      this.fail(error, this.complain);
    }
  }

  async full() {
    const said = find('full-said');
    find('full').disabled = true;
    try {
      const {job} = await json('/api/full', this.now().choice);
      let told = await json(`/api/full/${job}`);
      for (let seconds = 0; told.state === 'working'; seconds += 2) {
        said.textContent = `The main job is at work, ${seconds} s. It runs every pair, and the scenario under other assumptions of the model.`;
        await new Promise((done) => { setTimeout(done, 2000); });
        told = await json(`/api/full/${job}`);
      }
      said.textContent = told.state === 'done' ? `Results: ${told.folder}` : told.words;
      if (told.state !== 'done') return;
      const link = Object.assign(document.createElement('a'), {href: `/reports/${job}`, target: '_blank', rel: 'noopener', textContent: 'Open the report'});
      said.append(' ', link);
      window.open(link.href, '_blank', 'noopener');
    } catch (error) {
      this.fail(error, () => { said.textContent = error.message; });
    } finally {
      find('full').disabled = false;
    }
  }
}
