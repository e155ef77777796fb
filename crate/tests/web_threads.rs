//! The race on real Workers over real shared memory.

#![cfg(target_arch = "wasm32")]

mod crew;

use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::lock::LockWord;
use aio_ring_lab::ring::Memory;
use crew::{Crew, get, pause, total};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn linux_3_12_loses_the_head_and_tells_how() {
    let mut text = String::new();
    // A first corruption of another kind may be told without the reader, where its step was not recorded in time.
    for _ in 0..30 {
        let crew = Crew::start(r#"{"protocol": "linux-3.12"}"#);
        crew.until("it is corrupted", |report| !get(report, "firstCorruption").is_null()).await;
        let report = crew.stop().await;
        assert!(total(&report, "events") > 0.0 && total(&report, "migrations") > 0.0);
        text = get(&get(&report, "firstCorruption"), "text").as_string().expect("a corruption has a picture");
        if text.contains("aio_migratepage()") && text.contains("aio_read_events_ring()") {
            return;
        }
    }
    panic!("no picture of both threads in 30 runs\n{text}");
}

#[wasm_bindgen_test]
async fn v4_reports_nothing() {
    for config in [
        r#"{"protocol": "v4"}"#,
        r#"{"protocol": "v4", "readers": 2, "migrators": 2, "completers": 1, "page": "random"}"#,
        r#"{"protocol": {"ringLock": "try"}, "page": "zero"}"#,
    ] {
        let crew = Crew::start(config);
        crew.until_under_way().await;
        pause(700.0).await;
        let report = crew.stop().await;
        assert!(get(&report, "firstCorruption").is_null(), "{config}");
        assert_eq!(js_sys::Array::from(&get(&report, "atRest")).length(), 0, "{config}");
        assert!(total(&report, "events") > 100.0, "{config}: {} events", total(&report, "events"));
        assert!(total(&report, "migrations") > 0.0, "{config}");
    }
}

#[wasm_bindgen_test]
async fn a_paced_migrator_keeps_its_pace() {
    let crew = Crew::start(r#"{"protocol": "v4", "pace": 100}"#);
    crew.until_under_way().await;
    let began = js_sys::Date::now();
    pause(1000.0).await;
    let migrations = total(&crew.stop().await, "migrations");
    let seconds = (js_sys::Date::now() - began) / 1e3;
    assert!((1.0..400.0 * seconds).contains(&migrations), "{migrations} migrations in {seconds} s");
}

/// A thread that is not there holds a lock that the others need: they wait, are seen to, and are unwound.
#[wasm_bindgen_test]
async fn threads_that_can_never_go_on_are_reported_and_unwound() {
    let mut crew = Crew::start(r#"{"protocol": "v4", "readers": 2, "migrators": 0, "completers": 1, "pace": 1}"#);
    crew.until_under_way().await;
    // The completer, thread 2, "dies" with ring_lock held.
    let race = crew.race();
    let (lock, dead) = (race.world().ctx.ring_lock, ThreadId::new(2));
    while race.memory().compare_exchange(lock.at, 0, LockWord::held_by(dead).to_word()).is_err() {}
    race.memory().store(race.world().control.ended(dead), 1);
    let mut stuck = JsValue::UNDEFINED;
    for _ in 0..300 {
        pause(100.0).await;
        stuck = crew.host.watch();
        if !stuck.is_undefined() {
            break;
        }
    }
    let text = get(&stuck, "text").as_string().expect("reported within 30 s");
    assert!(text.contains("reader 1 wants ring_lock, which completer 1 holds"), "{text}");
    crew.join().await;
    assert!(!get(&crew.host.report(), "deadlock").is_null());
}

#[wasm_bindgen_test]
fn a_bad_value_names_field_and_range() {
    let config = js_sys::JSON::parse(r#"{"readers": 65}"#).unwrap();
    let error = aio_ring_lab::web::RaceHost::new(&config).err().expect("65 readers are too many");
    assert_eq!(get(&error, "field"), "readers");
    assert_eq!(get(&error, "range"), "a whole number from 0 to 64");
}
