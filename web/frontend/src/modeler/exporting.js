// The drawing as a file: .bpmn, SVG or PNG.
import { xmlOf } from './drawing.js';

const SHARPER = 2; // of a PNG, for print
const LARGEST = 16000; // pixels of a side that browsers still draw

function give(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

export async function bpmn(modeler, name) {
  give(new Blob([await xmlOf(modeler)], { type: 'application/xml' }), `${name}.bpmn`);
}

export async function svg(modeler, name) {
  give(new Blob([(await modeler.saveSVG()).svg], { type: 'image/svg+xml' }), `${name}.svg`);
}

export async function png(modeler, name) {
  const source = (await modeler.saveSVG()).svg;
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await picture.decode();
  const scale = Math.min(SHARPER, LARGEST / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement('canvas'), { width: picture.width * scale, height: picture.height * scale });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  give(blob, `${name}.png`);
}
