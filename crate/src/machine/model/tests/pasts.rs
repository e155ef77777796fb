//! What a thread of the model remembers.

use super::*;

/// The past of a thread that has begun an operation after so many loads.
fn past(kept: bool, loads: u32) -> u64 {
    let scene = Scene::new(1, Grain::Whole);
    if kept {
        scene.model.keep_pasts();
    }
    let (me, at) = (scene.me(0), scene.word);
    let loads_and_begins = async move {
        for _ in 0..loads {
            me.load(at).await;
        }
        me.begin_operation();
        me.load(at).await;
        Ok(())
    };
    let mut run = Run::new(&scene.model, vec![body(loads_and_begins)]);
    (0..loads).for_each(|_| go(&mut run, 0));
    let begun = scene.model.past(ThreadId::new(0));
    go(&mut run, 0);
    assert_ne!(scene.model.past(ThreadId::new(0)), begun);
    begun
}

#[test]
fn an_operation_that_is_over_is_forgotten_unless_everything_is_kept() {
    assert_eq!(past(false, 1), past(false, 2));
    assert_ne!(past(true, 1), past(true, 2));
}
