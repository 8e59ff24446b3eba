//! Large pages for large columns.
//!
//! As most systems set it up, Linux hands out memory in pages of 4 KiB unless it is asked for more. A column of a million numbers then
//! takes two thousand page faults when it is first written, and each pass over it as many searches for where its pages are; most of
//! it fits into three pages of 2 MiB. `NumPy` asks for them as well.

/// Bytes of a large page.
#[cfg(target_os = "linux")]
const LARGE_PAGE: usize = 2 << 20;

/// Asks for large pages under a column that is about to be filled. That helps where it has never been written; elsewhere it is a
/// call to the system for nothing, a microsecond for megabytes.
#[allow(unsafe_code)]
pub fn ask_for_large_pages(column: &mut [f64]) {
    #[cfg(target_os = "linux")]
    {
        // Only whole pages that belong to the column alone: what lies beside it is not ours to advise on.
        let bytes = column.as_mut_ptr_range();
        let start = (bytes.start as usize).next_multiple_of(LARGE_PAGE);
        let end = bytes.end as usize / LARGE_PAGE * LARGE_PAGE;
        if start < end {
            // SAFETY: the range lies within the column; the advice changes no content. That a system without large pages
            // refuses it costs nothing.
            let _ = unsafe { libc::madvise(start as *mut libc::c_void, end - start, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = column;
}
