//! The miniature, once for both: loom and shuttle have the same names for the same things, each in a crate of its own.

/// One reader and one migrator over words, a lock and threads that must be in scope.
macro_rules! miniature {
    () => {
        struct Shared {
            ptr: AtomicUsize,
            head: [AtomicUsize; 2],
            lock: Mutex<()>,
        }

        fn execute(subject: Subject) {
            let shared = Arc::new(Shared {
                ptr: AtomicUsize::new(0),
                head: [AtomicUsize::new(0), AtomicUsize::new(0)],
                lock: Mutex::new(()),
            });
            let reader = thread::spawn({
                let shared = Arc::clone(&shared);
                move || (0..subject.reads).for_each(|_| read(&shared, subject.protocol))
            });
            let migrator = thread::spawn({
                let shared = Arc::clone(&shared);
                move || (0..subject.migrations).for_each(|_| migrate(&shared, subject.protocol))
            });
            reader.join().unwrap();
            migrator.join().unwrap();
            assert_eq!(shared.head[shared.ptr.load(SeqCst)].load(SeqCst), subject.reads);
        }

        fn read(shared: &Shared, protocol: MiniatureProtocol) {
            let _held = (protocol != MiniatureProtocol::Racy).then(|| shared.lock.lock().unwrap());
            let page = shared.ptr.load(SeqCst);
            let head = shared.head[page].load(SeqCst);
            shared.head[page].store(head + 1, SeqCst);
        }

        fn migrate(shared: &Shared, protocol: MiniatureProtocol) {
            let held = match protocol {
                MiniatureProtocol::Racy => None,
                MiniatureProtocol::Spinlock => Some(shared.lock.lock().unwrap()),
                MiniatureProtocol::Trylock | MiniatureProtocol::TrylockIgnored => shared.lock.try_lock().ok(),
            };
            if held.is_none() && protocol == MiniatureProtocol::Trylock {
                return;
            }
            let old = shared.ptr.load(SeqCst);
            let head = shared.head[old].load(SeqCst);
            shared.head[1 - old].store(head, SeqCst);
            shared.ptr.store(1 - old, SeqCst);
        }
    };
}
