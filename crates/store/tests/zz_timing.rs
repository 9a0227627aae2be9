use std::time::Instant;
use vestibule_testkit::store::Fresh;
#[tokio::test]
async fn timing() {
    for _ in 0..4 {
        let t = Instant::now();
        let db = tokio::task::spawn_blocking(vestibule_testkit::postgres::fresh_database).await.unwrap().unwrap();
        eprintln!("create {:?}", t.elapsed());
        let t = Instant::now();
        let s = vestibule_store::Store::open(db.url().parse().unwrap()).await.unwrap();
        eprintln!("open {:?}", t.elapsed());
        let t = Instant::now();
        s.read(|_tx| Ok::<_, vestibule_store::Error>(())).await.unwrap();
        eprintln!("read {:?}", t.elapsed());
        let t = Instant::now();
        s.close().await;
        drop(s);
        eprintln!("close {:?}", t.elapsed());
        let t = Instant::now();
        drop(db);
        eprintln!("drop {:?}", t.elapsed());
        let t = Instant::now();
        let s = Fresh::sqlite().await;
        eprintln!("sqlite {:?}", t.elapsed());
        drop(s);
        eprintln!("sqlite drop {:?}", t.elapsed());
    }
}
