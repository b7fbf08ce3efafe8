// What the modeler itself says, in the language of the page.
const INDONESIAN = {
  saved: 'Tersimpan', changed: 'Menyimpan…', lost: 'Server tidak menjawab; gambar ini tetap di halaman dan dikirim lagi.',
  ended: 'Sesi Anda berakhir; gambar ini tetap di halaman.', signIn: 'Masuk lagi di tab baru',
  none: 'Tidak ada yang perlu diperbaiki.', checking: 'Memeriksa…', unchecked: 'Belum dapat diperiksa; dicoba lagi setelah perubahan berikutnya.',
  unnamed: 'Tanpa nama', outside: 'Di luar lane', empty: 'Belum ada langkah di sini.', path: 'Tampilkan jalannya', explained: 'Penjelasan dan contoh, di tab baru', noForm: 'Pilih langkah yang mempunyai formulir.',
  noLayout: 'Berkas ini tidak memuat tata letak, sehingga belum dapat digambar di sini. Buka dahulu dengan alat yang membuat tata letak.',
  unreadable: 'Diagram ini tidak dapat dibuka.', foreignId: 'Diagram ini tidak dapat dibuka: ID "{id}" memakai huruf selain a sampai z. Ganti ID-nya di alat yang membuatnya.', replace: 'Ganti gambar ini dengan isi berkas?',
  'bpmn:Task': 'langkah', 'bpmn:Gateway': 'gerbang', 'bpmn:StartEvent': 'mulai', 'bpmn:EndEvent': 'selesai', 'bpmn:Event': 'peristiwa',
  'bpmn:SubProcess': 'subproses', 'bpmn:CallActivity': 'proses yang dipanggil',
};
const ENGLISH = {
  saved: 'Saved', changed: 'Saving…', lost: 'The server does not answer; this drawing stays on the page and is sent again.',
  ended: 'Your session has ended; this drawing stays on the page.', signIn: 'Sign in again in a new tab',
  none: 'Nothing needs mending.', checking: 'Checking…', unchecked: 'Could not be checked; tried again after the next change.',
  unnamed: 'Without a name', outside: 'Outside of lanes', empty: 'No steps here yet.', path: 'Show the way there', explained: 'Explanation and example, in a new tab', noForm: 'Choose a step that has a form.',
  noLayout: 'This file has no layout, so it cannot be drawn here yet. Open it first with a tool that makes one.',
  unreadable: 'This diagram cannot be opened.', foreignId: 'This diagram cannot be opened: the ID "{id}" has letters other than a to z. Change it in the tool that made it.', replace: 'Replace this drawing with the content of the file?',
  'bpmn:Task': 'step', 'bpmn:Gateway': 'gateway', 'bpmn:StartEvent': 'start', 'bpmn:EndEvent': 'end', 'bpmn:Event': 'event',
  'bpmn:SubProcess': 'subprocess', 'bpmn:CallActivity': 'called process',
};

export const words = () => (document.documentElement.lang === 'id' ? INDONESIAN : ENGLISH);
