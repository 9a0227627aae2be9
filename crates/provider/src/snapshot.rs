//! What a service lists, asked for once however many resources want to know.
//!
//! Terraform refreshes one resource at a time, ten at once. The first reads of a process go out
//! singly; from then on the readers turn the pages of one list together, and each is answered as
//! soon as its page is there. Whatever the list does not have is asked for singly, so that nothing
//! leaves the state because of a list.
//!
//! Owns when to list and when to ask. It must not know any API ([`Source`] does), nor outlive a
//! configuration: `Connection` makes a new one for each.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{MutexGuard as Turn, Notify};
use vestibule_client::{Error, ErrorKind, Listed, PageMark};

/// How many pages each further read may cost. A service with very many objects of which few are
/// managed is not read to its end, and one whose objects are all managed is.
const PAGES_PER_READ: usize = 10;

/// Where answers come from.
pub(crate) trait Source: Sync {
    /// What is listed.
    type Item: Send;

    /// How many reads of a process are made singly before there is a list: a configuration with
    /// one or two resources does not pay for the organization's thousands. None where a single
    /// read is a list anyway.
    const SINGLE_READS: usize = 2;

    /// One page, each item with the key it is looked up by.
    fn page(
        &self,
        from: Option<&PageMark>,
    ) -> impl Future<Output = Result<Listed<(String, Self::Item)>, Error>> + Send;

    /// The item with this key, by itself.
    fn single(&self, key: &str) -> impl Future<Output = Result<Option<Self::Item>, Error>> + Send;
}

/// A page, each item with the key it is looked up by.
pub(crate) fn keyed<T>(page: Listed<T>, key: impl Fn(&T) -> String) -> Listed<(String, T)> {
    let items = page.items.into_iter();
    Listed {
        items: items.map(|item| (key(&item), item)).collect(),
        next: page.next,
    }
}

/// One list, as far as it has been read.
#[derive(Debug)]
pub(crate) struct Snapshot<T> {
    known: Mutex<Known<T>>,
    /// Held by whoever reads pages. Dropped with its holder, so that the next one goes on.
    turn: tokio::sync::Mutex<()>,
    arrived: Notify,
}

#[derive(Debug)]
struct Known<T> {
    /// What was listed and nobody has asked for yet.
    found: HashMap<String, T>,
    /// Keys that were asked for. A second question is about now and goes to the service.
    asked: HashSet<String>,
    /// Keys the list is not good for: changed by us, or listed twice.
    unfit: HashSet<String>,
    pages: usize,
    list: List,
}

#[derive(Debug)]
enum List {
    /// The next page begins here.
    From(Option<PageMark>),
    /// It was read to its end.
    Complete,
    /// The service has none, or not for us: everything is asked for singly.
    Unusable,
    /// The service failed, and would for the next one as well.
    Failed(Error),
}

/// What the list says about a key.
#[derive(Debug)]
pub(crate) enum Sight<T> {
    /// This.
    Listed(T),
    /// It was read to its end and does not have it. Good enough where a mistake does no harm.
    NotListed,
    /// Nothing: whoever wants to know asks singly.
    Unknown,
}

/// What the list says about a key, or the service where the list says nothing.
#[derive(Debug)]
pub(crate) enum Sought<T> {
    /// This.
    Found(T),
    /// The service has none.
    Missing,
    /// The list does not have it. Before harm comes of that the service is to be asked.
    NotListed,
}

impl<T> Default for Snapshot<T> {
    fn default() -> Self {
        Self {
            known: Mutex::new(Known {
                found: HashMap::new(),
                asked: HashSet::new(),
                unfit: HashSet::new(),
                pages: 0,
                list: List::From(None),
            }),
            turn: tokio::sync::Mutex::default(),
            arrived: Notify::new(),
        }
    }
}

impl<T: Send> Snapshot<T> {
    /// The item with this key; `None` only if the service was asked for it singly and has none.
    ///
    /// Whatever was answered before, or changed by us, is asked for anew.
    ///
    /// # Errors
    /// What the service answers; one failure of the list is the answer to all who wait for it.
    pub(crate) async fn find<S>(&self, key: &str, source: &S) -> Result<Option<T>, Error>
    where
        S: Source<Item = T>,
    {
        match self.seek(key, source).await? {
            Sought::Found(item) => Ok(Some(item)),
            Sought::Missing => Ok(None),
            Sought::NotListed => source.single(key).await,
        }
    }

    /// The item with this key, out of the list if there is one.
    ///
    /// # Errors
    /// As of [`Snapshot::find`].
    pub(crate) async fn seek<S>(&self, key: &str, source: &S) -> Result<Sought<T>, Error>
    where
        S: Source<Item = T>,
    {
        Ok(match self.look(key, source).await? {
            Sight::Listed(item) => Sought::Found(item),
            Sight::NotListed => Sought::NotListed,
            Sight::Unknown => match source.single(key).await? {
                Some(item) => Sought::Found(item),
                None => Sought::Missing,
            },
        })
    }

    /// What the list says; whether there is one is decided here.
    ///
    /// # Errors
    /// As of [`Snapshot::find`].
    pub(crate) async fn look<S>(&self, key: &str, source: &S) -> Result<Sight<T>, Error>
    where
        S: Source<Item = T>,
    {
        if self.known().is_asked_singly(key, S::SINGLE_READS) {
            return Ok(Sight::Unknown);
        }
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            // From here on no arrival is missed.
            arrived.as_mut().enable();
            let sight = self.known().sight(key, S::SINGLE_READS);
            if let Some(sight) = sight {
                return sight;
            }
            tokio::select! {
                () = arrived => {}
                turn = self.turn.lock() => self.read_on(turn, key, source).await,
            }
        }
    }

    /// Notes that we have changed what has this key: the list may be older than that.
    pub(crate) fn changed(&self, key: &str) {
        self.known().disregard(key.to_owned());
    }

    /// Reads pages until there is nothing more to gain for this key.
    async fn read_on<S>(&self, _turn: Turn<'_, ()>, key: &str, source: &S)
    where
        S: Source<Item = T>,
    {
        loop {
            let from = self.known().next_page_for(key, S::SINGLE_READS);
            let Some(from) = from else { return };
            let page = source.page(from.as_ref()).await;
            self.known().add(page);
            self.arrived.notify_waiters();
        }
    }

    fn known(&self) -> MutexGuard<'_, Known<T>> {
        // A panic while locked leaves at worst a page that is read again.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Known<T> {
    fn is_asked_singly(&mut self, key: &str, single_reads: usize) -> bool {
        let is_first = self.asked.insert(key.to_owned());
        !is_first || self.unfit.contains(key) || self.asked.len() <= single_reads
    }

    /// `None` while a page that has not been read may have it.
    fn sight(&mut self, key: &str, single_reads: usize) -> Option<Result<Sight<T>, Error>> {
        if let Some(item) = self.found.remove(key) {
            return Some(Ok(Sight::Listed(item)));
        }
        match &self.list {
            List::From(_) if self.may_read(single_reads) => None,
            List::From(_) | List::Unusable => Some(Ok(Sight::Unknown)),
            List::Complete if self.unfit.contains(key) => Some(Ok(Sight::Unknown)),
            List::Complete => Some(Ok(Sight::NotListed)),
            List::Failed(error) => Some(Err(error.clone())),
        }
    }

    fn next_page_for(&self, key: &str, single_reads: usize) -> Option<Option<PageMark>> {
        match &self.list {
            List::From(from) if self.may_read(single_reads) && !self.found.contains_key(key) => {
                Some(from.clone())
            }
            List::From(_) | List::Complete | List::Unusable | List::Failed(_) => None,
        }
    }

    fn may_read(&self, single_reads: usize) -> bool {
        let reads = self.asked.len().saturating_sub(single_reads);
        self.pages < reads.saturating_mul(PAGES_PER_READ)
    }

    fn add(&mut self, page: Result<Listed<(String, T)>, Error>) {
        self.pages += 1;
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                self.list = List::after(error);
                return;
            }
        };
        for (key, item) in page.items {
            if self.unfit.contains(&key) {
                continue;
            }
            if self.found.insert(key.clone(), item).is_some() {
                self.disregard(key);
            }
        }
        self.list = page
            .next
            .map_or(List::Complete, |next| List::From(Some(next)));
    }

    fn disregard(&mut self, key: String) {
        self.found.remove(&key);
        self.unfit.insert(key);
    }
}

impl List {
    /// What a failure means: who may not list may still ask, and an answer that cannot be read may
    /// be so for one item of it. What would go wrong for any request is everybody's failure.
    fn after(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Gone
            | ErrorKind::Invalid
            | ErrorKind::Decode => Self::Unusable,
            ErrorKind::Server if error.status() == Some(501) => Self::Unusable,
            _ => Self::Failed(error),
        }
    }
}

/// Snapshots by what they are of, for example an organization's id.
#[derive(Debug)]
pub(crate) struct Snapshots<T> {
    by_scope: Mutex<HashMap<String, Arc<Snapshot<T>>>>,
}

impl<T> Default for Snapshots<T> {
    fn default() -> Self {
        Self {
            by_scope: Mutex::default(),
        }
    }
}

impl<T: Send> Snapshots<T> {
    /// The snapshot of this scope.
    pub(crate) fn of(&self, scope: &str) -> Arc<Snapshot<T>> {
        let mut by_scope = self.by_scope();
        Arc::clone(by_scope.entry(scope.to_owned()).or_default())
    }

    /// The snapshots of all these scopes that there are.
    pub(crate) fn each(&self, is_meant: impl Fn(&str) -> bool, act: impl Fn(&Snapshot<T>)) {
        for (scope, snapshot) in self.by_scope().iter() {
            if is_meant(scope) {
                act(snapshot);
            }
        }
    }

    /// Begins anew with these scopes, because we have changed more of them than one thing.
    pub(crate) fn forget(&self, is_meant: impl Fn(&str) -> bool) {
        self.by_scope().retain(|scope, _| !is_meant(scope));
    }

    fn by_scope(&self) -> MutexGuard<'_, HashMap<String, Arc<Snapshot<T>>>> {
        // A panic while locked leaves a whole map.
        self.by_scope.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
