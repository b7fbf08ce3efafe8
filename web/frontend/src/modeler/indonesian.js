// Indonesian for what bpmn-js, its panels, the simulation and our own groups say. A test finds what is missing.
const TASKS = {
  'Task': 'Langkah', 'User task': 'Langkah orang', 'User Task': 'Langkah orang', 'Manual task': 'Langkah di luar sistem', 'Manual Task': 'Langkah di luar sistem',
  'Service task': 'Langkah layanan', 'Service Task': 'Langkah layanan', 'Send task': 'Langkah kirim', 'Send Task': 'Langkah kirim',
  'Receive task': 'Langkah terima', 'Receive Task': 'Langkah terima', 'Script task': 'Langkah skrip', 'Script Task': 'Langkah skrip',
  'Business rule task': 'Langkah aturan keputusan', 'Business Rule Task': 'Langkah aturan keputusan', 'Call activity': 'Panggil proses lain', 'Call Activity': 'Panggil proses lain',
  'Sub-process': 'Subproses', 'Sub Process': 'Subproses', 'Sub-process (collapsed)': 'Subproses (tertutup)', 'Sub-process (expanded)': 'Subproses (terbuka)',
  'Sub Process (collapsed)': 'Subproses (tertutup)', 'Sub Process (expanded)': 'Subproses (terbuka)',
  'Collapsed Sub Process': 'Subproses (tertutup)', 'Expanded Sub Process': 'Subproses (terbuka)', 'Collapsed Ad Hoc Sub Process': 'Subproses ad hoc (tertutup)', 'Expanded Ad Hoc Sub Process': 'Subproses ad hoc (terbuka)',
  'Collapsed Transaction': 'Transaksi (tertutup)', 'Expanded Transaction': 'Transaksi (terbuka)', 'Collapsed Participant': 'Pool (tertutup)', 'Expanded Participant': 'Pool (terbuka)',
  'Ad-hoc sub-process': 'Subproses ad hoc', 'Ad-hoc sub-process (collapsed)': 'Subproses ad hoc (tertutup)', 'Ad-hoc sub-process (expanded)': 'Subproses ad hoc (terbuka)',
  'Event sub-process': 'Subproses peristiwa', 'Event Sub Process': 'Subproses peristiwa', 'Transaction': 'Transaksi',
};
const GATEWAYS = {
  'Exclusive gateway': 'Gerbang pilihan', 'Exclusive Gateway': 'Gerbang pilihan', 'Parallel gateway': 'Gerbang serentak', 'Parallel Gateway': 'Gerbang serentak',
  'Inclusive gateway': 'Gerbang inklusif', 'Inclusive Gateway': 'Gerbang inklusif', 'Complex gateway': 'Gerbang kompleks', 'Complex Gateway': 'Gerbang kompleks',
  'Event-based gateway': 'Gerbang peristiwa', 'Event Based Gateway': 'Gerbang peristiwa', 'Event based instantiating Gateway': 'Gerbang peristiwa yang memulai proses',
  'Parallel Event based instantiating Gateway': 'Gerbang peristiwa serentak yang memulai proses',
};
const TRIGGERS = {
  '': '', Message: 'pesan', Timer: 'waktu', Conditional: 'bersyarat', Signal: 'sinyal', Error: 'galat', Escalation: 'eskalasi', Cancel: 'batal',
  Compensation: 'kompensasi', Link: 'tautan', Terminate: 'penghenti',
};
const EVENTS = {
  'start event': 'Mulai', 'end event': 'Selesai', 'boundary event': 'Peristiwa tepi', 'intermediate catch event': 'Peristiwa antara (menunggu)',
  'intermediate throw event': 'Peristiwa antara (mengirim)',
};

/** "Timer boundary event (non-interrupting)" and the like, for every trigger and in both spellings of the libraries. */
function events() {
  const found = {};
  for (const [kind, said] of Object.entries(EVENTS)) {
    for (const [trigger, word] of Object.entries(TRIGGERS)) {
      const name = trigger ? `${trigger} ${kind}` : `${kind[0].toUpperCase()}${kind.slice(1)}`;
      const meant = word ? `${said}: ${word}` : said;
      const title = name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
      for (const one of [name, title]) {
        found[one] = meant;
        found[`${one} (non-interrupting)`] = `${meant} (tidak menyela)`;
        found[`${one} (Non Interrupting)`] = `${meant} (tidak menyela)`;
      }
    }
  }
  return found;
}

const DRAWING = {
  'Activate hand tool': 'Alat geser kanvas', 'Activate lasso tool': 'Alat pilih banyak', 'Activate create/remove space tool': 'Alat beri atau ambil ruang',
  'Activate global connect tool': 'Alat hubungkan', 'Create start event': 'Buat mulai', 'Create intermediate/boundary event': 'Buat peristiwa antara/tepi',
  'Create end event': 'Buat selesai', 'Create gateway': 'Buat gerbang', 'Create task': 'Buat langkah', 'Create data object reference': 'Buat objek data',
  'Create data store reference': 'Buat tempat data', 'Create expanded sub-process': 'Buat subproses terbuka', 'Create pool/participant': 'Buat pool', 'Create group': 'Buat kelompok',
  'Append end event': 'Sambung selesai', 'Append gateway': 'Sambung gerbang', 'Append task': 'Sambung langkah', 'Append intermediate/boundary event': 'Sambung peristiwa antara',
  'Append receive task': 'Sambung langkah terima', 'Append message intermediate catch event': 'Sambung tunggu pesan', 'Append timer intermediate catch event': 'Sambung tunggu waktu',
  'Append conditional intermediate catch event': 'Sambung tunggu syarat', 'Append signal intermediate catch event': 'Sambung tunggu sinyal',
  'Append compensation activity': 'Sambung kompensasi', 'Add text annotation': 'Tambah catatan', 'Add lane above': 'Tambah lane di atas', 'Add lane below': 'Tambah lane di bawah',
  'Divide into two lanes': 'Bagi menjadi dua lane', 'Divide into three lanes': 'Bagi menjadi tiga lane', 'Change element': 'Ganti jenis', 'Delete': 'Hapus',
  'Connect to other element': 'Hubungkan ke unsur lain', 'Connect using association': 'Hubungkan dengan asosiasi', 'Connect using data input association': 'Hubungkan sebagai masukan data',
  'Search in diagram': 'Cari di diagram', 'Parallel multi-instance': 'Berulang serentak', 'Sequential multi-instance': 'Berulang berurutan', 'Loop': 'Ulang selama',
  'Collection': 'Kumpulan', 'Participant multiplicity': 'Banyak peserta', 'Toggle non-interrupting': 'Menyela atau tidak', 'Open {element}': 'Buka {element}',
  'Align elements': 'Ratakan unsur', 'Align elements left': 'Ratakan kiri', 'Align elements center': 'Ratakan tengah', 'Align elements right': 'Ratakan kanan',
  'Align elements top': 'Ratakan atas', 'Align elements middle': 'Ratakan tengah tegak', 'Align elements bottom': 'Ratakan bawah',
  'Distribute elements horizontally': 'Sebarkan mendatar', 'Distribute elements vertically': 'Sebarkan tegak', 'Align elements ': 'Ratakan unsur ', ' + shift + ': ' + shift + ',
  'Sequence flow': 'Alur', 'Sequence Flow': 'Alur', 'Default flow': 'Alur bawaan', 'Default Flow': 'Alur bawaan', 'Conditional flow': 'Alur bersyarat', 'Conditional Flow': 'Alur bersyarat',
  'Message Flow': 'Alur pesan', 'Association': 'Asosiasi', 'Data Input Association': 'Masukan data', 'Data Output Association': 'Keluaran data',
  'Data object reference': 'Objek data', 'Data Object Reference': 'Objek data', 'Data store reference': 'Tempat data', 'Data Store Reference': 'Tempat data',
  'Empty pool/participant': 'Pool kosong', 'Empty pool/participant (removes content)': 'Pool kosong (isinya dibuang)', 'Expanded pool/participant': 'Pool terbuka', 'Participant': 'Pool', 'Lane': 'Lane', 'Process': 'Proses', 'Collaboration': 'Kolaborasi',
  'Text Annotation': 'Catatan', 'Group': 'Kelompok',
};
const GROUPS = {
  'General': 'Umum', 'Documentation': 'Uraian', 'Compensation': 'Kompensasi', 'Error': 'Galat', 'Link': 'Tautan', 'Message': 'Pesan', 'Multi-instance': 'Pengulangan', 'Completion': 'Penyelesaian',
  'Signal': 'Sinyal', 'Escalation': 'Eskalasi', 'Timer': 'Waktu', 'History cleanup': 'Pembersihan riwayat', 'Tasklist': 'Daftar tugas', 'Candidate starter': 'Yang boleh memulai',
  'Implementation': 'Pelaksanaan', 'External task': 'Tugas luar', 'Errors': 'Galat', 'User assignment': 'Orang tertentu', 'Forms': 'Formulir', 'Form fields': 'Isian', 'Task listeners': 'Pendengar tugas',
  'Start initiator': 'Pemulai', 'Script': 'Skrip', 'Condition': 'Syarat', 'Called element': 'Proses yang dipanggil', 'Asynchronous continuations': 'Lanjutan asinkron',
  'Job execution': 'Pelaksanaan pekerjaan', 'In mapping propagation': 'Terusan masuk', 'In mappings': 'Data masuk', 'Inputs': 'Masukan', 'Connector inputs': 'Masukan konektor',
  'Out mapping propagation': 'Terusan keluar', 'Out mappings': 'Data keluar', 'Outputs': 'Keluaran', 'Connector outputs': 'Keluaran konektor', 'Execution listeners': 'Pendengar pelaksanaan',
  'Extension properties': 'Properti tambahan', 'Field injections': 'Sisipan', 'Business key': 'Kunci urusan', 'Process variables': 'Data proses',
};
const ENTRIES = {
  'Select an element to edit its properties.': 'Pilih unsur untuk mengubah sifatnya.',
  'Multiple elements are selected. Select a single element to edit its properties.': 'Beberapa unsur dipilih. Pilih satu saja untuk mengubah sifatnya.',
  'Name': 'Nama', 'ID': 'ID', 'Element documentation': 'Uraian lengkap', 'Process documentation': 'Uraian proses', 'Process ID': 'Kunci proses', 'Process name': 'Nama proses', 'Participant Name': 'Nama pool', 'Participant ID': 'ID pool',
  'Executable': 'Dapat dijalankan', 'Version tag': 'Tanda versi', 'This maps to the process definition key.': 'Versi-versinya disimpan di bawah kunci ini.',
  'ID must not be empty.': 'ID tidak boleh kosong.', 'ID must be unique.': 'ID harus unik.', 'ID must not contain spaces.': 'ID tidak boleh memuat spasi.', 'ID must not contain prefix.': 'ID tidak boleh memuat awalan.', 'ID must be a valid QName.': 'ID memuat tanda yang tidak boleh.',
  '<none>': '<tidak ada>', '<empty>': '<kosong>', 'Create new ...': 'Buat baru …', 'Create': 'Tambah', 'Create new list item': 'Tambah', 'Delete item': 'Hapus', 'Toggle list item': 'Buka atau tutup', 'Toggle section': 'Buka atau tutup bagian', 'List contains {numOfItems} item': 'Isi: {numOfItems}', 'List contains {numOfItems} items': 'Isi: {numOfItems}',
  'Section contains an error': 'Ada kesalahan di bagian ini', 'Section contains edits': 'Bagian ini berisi', 'Open documentation': 'Buka penjelasan', 'Open pop-up editor': 'Buka di jendela', 'Opened in editor': 'Terbuka di jendela',
  'Date': 'Tanggal', 'Duration': 'Lamanya', 'Cycle': 'Berulang', 'Type': 'Jenis', 'Value': 'Nilai',
  'A specific point in time defined as ISO 8601 combined date and time representation.': 'Saat tertentu menurut ISO 8601.', 'UTC time': 'waktu UTC', 'UTC plus 2 hours zone offset': 'UTC ditambah 2 jam',
  'Documentation: Timer events': 'Penjelasan peristiwa waktu', 'Timer documentation': 'Penjelasan waktu', 'How to configure a timer': 'Cara mengatur waktu',
  'A cycle defined as ISO 8601 repeating intervals format.': 'Selang berulang menurut ISO 8601.', 'A cycle defined as ISO 8601 repeating intervals format, or a cron expression.': 'Selang berulang menurut ISO 8601, mis. R3/PT1H.',
  'every 10 seconds, up to 5 times': 'tiap 10 detik, paling banyak 5 kali', 'every day, infinitely': 'tiap hari, terus-menerus', 'every hour on the hour from 9-5 p.m. UTC Monday-Friday': 'tiap jam kerja',
  'A time duration defined as ISO 8601 durations format.': 'Lamanya menurut ISO 8601.', '15 seconds': '15 detik', '1 hour and 30 minutes': '1 jam 30 menit', '14 days': '14 hari',
  'Condition expression': 'Ungkapan syarat', 'Condition Expression': 'Ungkapan syarat', 'Expression': 'Ungkapan', 'Script type': 'Jenis skrip', 'Inline script': 'Skrip di sini', 'External resource': 'Berkas luar', 'Format': 'Bahasa', 'Resource': 'Berkas', 'Result variable': 'Nama data hasil',
  'Variable name': 'Nama data', 'Variable events': 'Perubahan data', 'Documentation: Variable events': 'Penjelasan perubahan data', 'Specify more than one variable change event as a comma separated list. Variable change events are: ': 'Beberapa dipisah koma: ',
  'Global message reference': 'Pesan', 'Global signal reference': 'Sinyal', 'Global error reference': 'Galat', 'Global escalation reference': 'Eskalasi', 'Code': 'Kode', 'Code variable': 'Nama data kode', 'Message variable': 'Nama data pesan', 'Throw expression': 'Ungkapan pemicu',
  'Define the name of the variable that will contain the error code.': 'Nama data yang akan memuat kode galat.', 'Define the name of the variable that will contain the error message.': 'Nama data yang akan memuat pesan galat.', 'Define the name of the variable that will contain the escalation code.': 'Nama data yang akan memuat kode eskalasi.',
  'Loop cardinality': 'Berapa kali', 'Completion condition': 'Berakhir bila', 'Element variable': 'Nama tiap butir', 'Asynchronous before': 'Asinkron sebelum', 'Asynchronous after': 'Asinkron sesudah', 'Exclusive': 'Eksklusif', 'Retry time cycle': 'Selang coba lagi',
  'Topic': 'Topik', 'External': 'Luar', 'Java class': 'Kelas Java', 'Delegate expression': 'Ungkapan delegasi', 'Connector': 'Konektor', 'Connector ID': 'ID konektor', 'DMN': 'DMN', 'Decision reference': 'Tabel keputusan', 'Binding': 'Versi yang dipakai', 'latest': 'terbaru', 'deployment': 'saat disimpan', 'version': 'versi', 'versionTag': 'tanda versi', 'version tag': 'tanda versi', 'Version': 'Versi', 'Tenant ID': 'ID penyewa',
  'Map decision result': 'Bentuk hasil', 'collectEntries (List<Object>)': 'daftar nilai', 'resultList (List<Map<String, Object>>)': 'daftar baris', 'singleEntry (TypedValue)': 'satu nilai', 'singleResult (Map<String, Object>)': 'satu baris',
  'BPMN': 'BPMN', 'CMMN': 'CMMN', 'Case ref': 'Kasus', 'Delegate Variable Mapping': 'Pemetaan', 'Delegate Expression': 'Ungkapan delegasi', 'Delegate Class': 'Kelas', 'Class': 'Kelas',
  'Propagate all variables': 'Teruskan semua data', 'Local': 'Lokal', 'Source': 'Asal', 'Source expression': 'Ungkapan asal', 'Target': 'Tujuan',
  'Assignee': 'Orang (NIP)', 'Candidate groups': 'Kelompok', 'Candidate users': 'Calon orang', 'Due date': 'Batas tanggal', 'Follow up date': 'Tanggal tindak lanjut', 'Priority': 'Prioritas',
  'The due date as an EL expression (e.g. ${someDate}) or an ISO date (e.g. 2015-06-26T09:54:00).': 'Tidak dipakai Alur: gambarlah pewaktu tepi.', 'The follow up date as an EL expression (e.g. ${someDate}) or an ISO date (e.g. 2015-06-26T09:54:00).': 'Tidak dipakai Alur.',
  'Specify more than one group as a comma separated list.': 'Beberapa kelompok dipisah koma.', 'Specify more than one user as a comma separated list.': 'Beberapa orang dipisah koma.', 'Wait for completion': 'Tunggu selesai', 'Activity reference': 'Kegiatan', 'Cancel remaining instances': 'Batalkan sisanya',
};
const SIMULATION = {
  'Reset Simulation': 'Ulang simulasi dari awal', 'Play/Pause Simulation': 'Jalankan atau jeda simulasi', 'Pause Simulation': 'Simulasi dijeda', 'Play Simulation': 'Simulasi berjalan',
  'Toggle Simulation Log': 'Catatan simulasi', 'Simulation Log': 'Catatan simulasi', 'No Entries': 'Belum ada catatan', 'Close': 'Tutup', 'Set Sequence Flow': 'Pilih alur', 'Trigger Event': 'Picu peristiwa',
  'Add pause point': 'Berhenti di sini', 'Remove pause point': 'Jangan berhenti di sini', 'Found unsupported elements': 'Ada unsur yang tidak dapat disimulasikan', 'Not supported': 'Tidak dapat disimulasikan',
  'Finished': 'Selesai', 'Start Event': 'Mulai', 'End Event': 'Selesai', 'Intermediate Event': 'Peristiwa antara', 'Boundary Event': 'Peristiwa tepi', 'Process started': 'Proses dimulai', 'Process exited': 'Proses selesai',
  'Set animation speed = Slow': 'Lambat', 'Set animation speed = Normal': 'Sedang', 'Set animation speed = Fast': 'Cepat', 'SubProcess': 'Subproses', 'SubProcess started': 'Subproses dimulai', 'Started': 'Dimulai',
};
const OURS = {
  'SOP quality standard': 'Mutu Baku (SOP)', 'Requirements': 'Kelengkapan', 'Time, as the SOP says it': 'Waktu', 'Output': 'Output', 'Remarks': 'Keterangan', 'Standard duration (ISO 8601)': 'Durasi baku (ISO 8601)',
  'For instance: 10 menit, 1-2 hari. A timer with a reminder is drawn for it.': 'Misalnya 10 menit, 1-2 hari. Pewaktu dengan pengingat digambar untuknya.', 'Follows from the wording: PT10M, PT1H, P2D.': 'Mengikuti bunyi di atas: PT10M, PT1H, P2D.', 'Not clear: write it like 10 menit, or fill in its standard duration.': 'Belum jelas: tulis seperti 10 menit, atau isi durasi bakunya.', 'Write a duration such as PT10M or P2D.': 'Tulis seperti PT10M atau P2D.',
  'Who acts': 'Pelaksana', 'Who acts here': 'Siapa yang mengerjakan', 'Not said yet': 'Belum ditentukan', 'The employee whom the case is about': 'Pegawai yang bersangkutan', 'The employee’s superior': 'Atasan pegawai', 'The superior’s superior': 'Atasan dari atasan pegawai', 'Who started the case': 'Pemulai kasus', 'Anyone of a group': 'Siapa saja dari kelompok', 'One person': 'Satu orang', 'NIP': 'NIP', 'An NIP has 18 digits.': 'NIP terdiri atas 18 angka.',
  'The one in force when the case starts': 'Yang berlaku saat kasus dimulai', 'A case keeps it to its end, whatever is published meanwhile.': 'Kasus memakainya sampai selesai, apa pun yang diterbitkan sementara itu.',
  'Form': 'Formulir', 'A form of the product': 'Formulir bawaan', 'Emptied, the form is drawn field by field.': 'Bila dikosongkan, formulir digambar isian demi isian.', 'Question': 'Pertanyaan', 'Name in the data': 'Nama dalam data', 'Letters, digits and _; no digit first.': 'Huruf, angka, dan _; tidak diawali angka.', 'Kind': 'Jenis',
  'A line': 'Sebaris teks', 'A paragraph': 'Paragraf', 'A whole number': 'Bilangan bulat', 'A decimal number': 'Bilangan desimal', 'Rupiah': 'Rupiah', 'A day': 'Tanggal', 'A tick': 'Centang', 'One of several': 'Pilihan', 'A table': 'Tabel', 'A file': 'Berkas', 'A person': 'Pegawai',
  'Must be answered': 'Wajib diisi', 'At least so many letters': 'Paling sedikit (huruf)', 'At most so many letters': 'Paling banyak (huruf)', 'At least': 'Paling kecil', 'At most': 'Paling besar', 'Columns': 'Kolom', 'For instance: kegiatan:text*, biaya:money': 'Misalnya kegiatan:text*, biaya:money', 'At least so many rows': 'Paling sedikit (baris)', 'At most so many rows': 'Paling banyak (baris)', 'Columns to be summed': 'Kolom yang dijumlahkan',
  'Kinds of files': 'Jenis berkas', 'pdf, gambar, dokumen, lembar, teks': 'pdf, gambar, dokumen, lembar, teks', 'Prefilled with': 'Isi awal', 'An expression': 'Sebuah ungkapan', 'Asked only if': 'Ditanyakan hanya bila', 'For instance: keputusan == "tidak_setuju"': 'Misalnya keputusan == "tidak_setuju"', 'Must be answered if': 'Wajib diisi bila', 'For instance: pagu > 50000000': 'Misalnya pagu > 50000000', 'Only shown': 'Hanya ditampilkan', 'Place': 'Urutan', 'Move up': 'Naikkan', 'Move down': 'Turunkan', 'Choices': 'Pilihannya', 'One a line: setuju = Setuju': 'Satu per baris: setuju = Setuju',
  'Work': 'Cara kerja', 'May be done for many cases at once': 'Boleh untuk banyak kasus sekaligus', 'Documents made after it': 'Dokumen yang dibuat sesudahnya', 'Names, with commas between them': 'Nama, dipisah koma', 'Document signed in it': 'Dokumen yang ditandatangani', 'The name of a document of an earlier step': 'Nama dokumen dari langkah sebelumnya', 'How long it may wait until taken up': 'Batas menunggu sampai dikerjakan', 'For instance: P1D': 'Misalnya P1D',
  'SOP identity': 'Identitas SOP', 'SOP number': 'Nomor SOP', 'Unit': 'Unit', 'Drawn up on': 'Tanggal pembuatan', 'Revised on': 'Tanggal revisi', 'Effective from': 'Tanggal efektif', 'For instance: 2026-01-31': 'Misalnya 2026-01-31', 'Approved by (position)': 'Disahkan oleh (jabatan)', 'Warning': 'Peringatan', 'Legal basis': 'Dasar hukum', 'Qualifications': 'Kualifikasi pelaksana', 'Related SOPs': 'Keterkaitan', 'Equipment': 'Peralatan', 'Records': 'Pencatatan', 'One a line': 'Satu per baris', 'Durations count': 'Durasi dihitung dalam', 'All time': 'Seluruh waktu', 'Working time': 'Waktu kerja', 'The people of ticked lanes must differ.': 'Orang di lane yang dicentang harus berbeda.',
};

export default { ...TASKS, ...GATEWAYS, ...events(), ...DRAWING, ...GROUPS, ...ENTRIES, ...SIMULATION, ...OURS };
